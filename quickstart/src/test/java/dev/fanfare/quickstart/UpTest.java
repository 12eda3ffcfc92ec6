package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.EmbeddedKafka;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpTest extends UpCase {
    @Test
    void refusesATakenPortBeforeAnythingStarts() throws Exception {
        var flags = Map.of(
                port,
                "--port",
                kafkaPort,
                "--kafka-port",
                webhooksPort,
                "--webhooks-port",
                receiverPort,
                "--receiver-port");
        for (var taken : flags.entrySet()) {
            try (var other = new ServerSocket(taken.getKey(), 1, InetAddress.ofLiteral("127.0.0.1"));
                    var up = up()) {
                assertThat(up.awaitEnd()).isEqualTo(1);
                assertThat(up.lines())
                        .singleElement()
                        .asString()
                        .startsWith("fanfare: port %d is taken".formatted(other.getLocalPort()))
                        .endsWith("with %s N".formatted(taken.getValue()));
                assertThat(state.resolve("kafka")).doesNotExist();
            }
        }
    }

    @Test
    void refusesAStateThatIsInUse() throws Exception {
        try (var first = up("--no-demo", "--no-webhooks").awaitReady()) {
            choosePorts();
            try (var second = up()) {
                assertThat(second.awaitEnd()).isEqualTo(1);
                assertThat(second.said("another `fanfare up` runs with the state in " + state))
                        .isTrue();
            }
            assertThat(RunningUp.isAlive(first.pid("broker"))).isTrue();
        }
    }

    @Test
    void usesAnExistingCluster() throws Exception {
        try (var kafka = EmbeddedKafka.start(dir.resolve("kafka"), kafkaPort, Map.of());
                var up = RunningUp.start(
                                state,
                                apps,
                                "--port=" + port,
                                "--kafka=" + kafka.bootstrapServers(),
                                "--webhooks-port=" + webhooksPort,
                                "--receiver-port=" + receiverPort)
                        .awaitReady()) {
            assertThat(up.pids("broker")).isEmpty();
            await().atMost(PATIENCE).until(() -> !verified().isEmpty());
            up.terminate();
            assertThat(up.awaitEnd()).isEqualTo(143);
            assertThat(List.of("gateway", "dispatcher"))
                    .allSatisfy(child ->
                            assertThat(RunningUp.isAlive(up.pid(child))).isFalse());
        }
    }

    @Test
    void theCommandsThatItPrintsWork() throws Exception {
        try (var up = up().awaitReady()) {
            var commands = up.lines().stream()
                    .map(String::strip)
                    .filter(line -> line.startsWith("curl"))
                    .toList();
            assertThat(commands).hasSize(5);
            // the stream never ends by itself
            assertThat(shell(commands.get(0) + " --max-time 5"))
                    .contains("data: {")
                    .contains("\"status\"");
            assertThat(shell(commands.get(1))).contains("\"events\"").contains("\"symbol\"");
            assertThat(shell(commands.get(2) + " -w ' %{http_code}'")).endsWith(" 202");
            assertThat(everything("events")).containsExactly("Hello");
            assertThat(shell(commands.get(3))).contains("\"url\":\"http://127.0.0.1:" + receiverPort);
            assertThat(shell(commands.get(4) + " -w ' %{http_code}'"))
                    .contains("\"secret\":\"whsec_")
                    .endsWith(" 201");
            var foreign = "curl -o /dev/null -w '%header{access-control-allow-origin}' -H 'Origin: "
                    + "http://localhost:5173' 'http://127.0.0.1:" + port + "/v1/events?channel=orders.*&wait=0'";
            assertThat(shell(foreign)).isEqualTo("http://localhost:5173"); // the page of a development server
        }
    }

    private static String shell(String command) throws Exception {
        var process = new ProcessBuilder("/bin/sh", "-c", command + " -sS").start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
