package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookFilesTest {
    @TempDir
    Path dir;

    @Test
    void theDispatcherIsConfiguredForTheOptions() {
        var options = options("--kafka=broker:9000", "--webhooks-port=81");
        assertThat(WebhookFiles.config(
                        Path.of("/it's"), options, options.webhooks().orElseThrow(), "token", "group"))
                .isEqualTo("""
                # Written by `fanfare up` at each start: changes are lost. See `fanfare webhooks`.
                server:
                  port: 81
                api:
                  token: "token"
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
                intake:
                  group: "group"
                store:
                  url: 'jdbc:h2:file:/it''s/webhooks'
                secrets:
                  keys-file: '/it''s/webhooks.keys'
                # for trying out: this machine may be called, over http, at any port
                egress:
                  allow: "127.0.0.0/8,::1/128"
                  ports: any
                  https-only: false
                topics:
                  dead-letter: webhooks.dead-letters
                  operational: webhooks.news
                shutdown:
                  deadline: 5s
                """);
    }

    @Test
    void eachStateHasATokenAKeyAndAGroupOfItsOwnAndKeepsThem() throws Exception {
        var one = Files.createDirectory(dir.resolve("one"));
        var other = Files.createDirectory(dir.resolve("other"));
        var kept = write(one);
        assertThat(write(one)).isEqualTo(kept);
        assertThat(write(other)).doesNotContainAnyElementsOf(kept);
        assertThat(kept.get(0)).hasSizeGreaterThanOrEqualTo(43);
        assertThat(kept.get(1)).startsWith("k1 ");
        assertThat(Base64.getDecoder().decode(kept.get(1).substring(3))).hasSize(32);
        assertThat(kept.get(2)).startsWith("fanfare-up-");
    }

    private static List<String> write(Path state) throws Exception {
        var options = options();
        var files = WebhookFiles.write(state, options, options.webhooks().orElseThrow());
        var group = Files.readString(state.resolve("webhooks.group")).strip();
        assertThat(Files.readString(files.config())).contains(files.token(), group);
        return List.of(
                files.token(), Files.readString(state.resolve("webhooks.keys")).strip(), group);
    }

    private static Options options(String... words) {
        return Options.parse(List.of(words));
    }
}
