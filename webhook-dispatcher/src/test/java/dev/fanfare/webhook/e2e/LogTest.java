package dev.fanfare.webhook.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanfare.webhook.app.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a dispatcher's process writes with `logging.format: json`.
@Timeout(90)
class LogTest {
    @TempDir
    Path dir;

    @Test
    void isAnObjectALine() throws Exception {
        var cluster = Cluster.shared();
        var setup = Setup.of(dir, cluster.servers(), cluster.newTopic("log", 1));
        var config = Files.writeString(dir.resolve("webhooks.yaml"), setup.file() + "logging.format: json\n");
        var output = dir.resolve("output");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.readString(output).contains("\"partition\":"));
            process.toHandle().destroy();
            assertThat(process.waitFor(40, TimeUnit.SECONDS)).isTrue();
            var json = new ObjectMapper();
            for (var line : Files.readAllLines(output, US_ASCII)) {
                var entry = json.readTree(line);
                assertThat(entry.path("time").asText()).as(line).endsWith("Z");
                assertThat(entry.path("message").asText()).as(line).isNotEmpty();
                if (entry.has("partition")) {
                    assertThat(entry.path("topic").asText()).isEqualTo(setup.topic());
                    assertThat(entry.path("partition").asInt(-1)).isZero();
                    assertThat(entry.path("offset").isIntegralNumber()).isTrue();
                    assertThat(entry.path("message").asText())
                            .isEqualTo("reading %s-0 from 0".formatted(setup.topic()));
                }
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
