package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    @Test
    void hasDefaultsForEverything() {
        assertThat(options(""))
                .isEqualTo(new Options(
                        8080,
                        9092,
                        true,
                        Optional.empty(),
                        Optional.of(new Options.Webhooks(8090, 8099)),
                        Optional.empty()));
    }

    @Test
    void takesAllInBothSpellings() {
        assertThat(options("--port 1 --kafka-port=2 --no-demo --webhooks-port 3 --receiver-port=4 --console-port 5"))
                .isEqualTo(new Options(
                        1, 2, false, Optional.empty(), Optional.of(new Options.Webhooks(3, 4)), Optional.of(5)));
        assertThat(options("--no-webhooks --port 8090").webhooks()).isEmpty();
        assertThat(options("--kafka a:1,b:2 --port 9092").bootstrapServers()).isEqualTo("a:1,b:2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--prot 1 | unknown option '--prot'; up takes --port N, --kafka-port N, --no-demo, --kafka HOST:PORT, "
                        + "--webhooks-port N, --receiver-port N, --no-webhooks, --console-port N",
                "--port | --port takes a port from 1 to 65535, not nothing",
                "--port x | --port takes a port from 1 to 65535, not 'x'",
                "--kafka-port 65536 | --kafka-port takes a port from 1 to 65535, not '65536'",
                "--port 0 | --port takes a port from 1 to 65535, not '0'",
                "--kafka host | --kafka takes HOST:PORT, several with commas between them, not 'host'",
                "--kafka a:1 --kafka-port 2 | --kafka names an existing cluster, so no broker is started: "
                        + "drop --kafka-port",
                "--port 9092 | --port and --kafka-port are both 9092: choose another port for one of them",
                "--webhooks-port 1 --receiver-port 1 | --webhooks-port and --receiver-port are both 1: "
                        + "choose another port for one of them",
                "--receiver-port 1 --no-webhooks | --no-webhooks starts no dispatcher and no receiver: "
                        + "drop --receiver-port",
                "--no-webhooks --webhooks-port 1 | --no-webhooks starts no dispatcher and no receiver: "
                        + "drop --webhooks-port",
            })
    void saysWhatIsWrongAndWhatWouldBeRight(String given, String message) {
        assertThatThrownBy(() -> options(given))
                .isInstanceOf(Options.UsageException.class)
                .hasMessage(message);
    }

    @Test
    void theGatewayIsConfiguredForThem() {
        assertThat(GatewayFile.text(options("--port 81 --kafka broker:9000"), Optional.empty()))
                .isEqualTo("""
                # Written by `fanfare up` at each start: changes are lost. See `fanfare gateway`.
                server:
                  port: 81
                  origins: ["http://localhost:*", "http://127.0.0.1:*"] # pages of development servers
                kafka:
                  bootstrap.servers: "broker:9000"
                routes:
                  - topics: [orders]
                    channels: ["orders.{key}"]
                  - topics: [prices]
                    channels: ["prices.{key}"]
                  - topics: [notices]
                    channels: ["notices"]
                  - topics: [events]
                    channels: ["{key}"]
                access:
                  anonymous:
                    subscribe: ["**"]
                    publish: ["**"]
                publish:
                  enabled: true
                limits: # everybody comes from one address here
                  connects-per-second: 0
                  address: {connections: 0, handshakes-per-second: 0, sessions: 0, connects-per-second: 0, replays: 0,
                    publishes-per-second: 0, publish-bytes-per-second: 0}
                shutdown: # there is no other node to go to
                  notice: 0s
                  drain: 0s
                  deadline: 5s
                """);
    }

    private static Options options(String words) {
        return Options.parse(words.isEmpty() ? List.of() : List.of(words.split(" ", -1)));
    }
}
