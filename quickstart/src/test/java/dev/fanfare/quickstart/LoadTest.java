package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `fanfare load` against what `fanfare up` starts: real dispatcher, real gateway.
@Timeout(240)
class LoadTest {
    private static final Path JAR = Repository.ROOT.resolve("load/target/fanfare-load.jar");

    @TempDir
    Path dir;

    @Test
    void dispatcherAndGatewayPassItsChecks() throws Exception {
        KafkaLog.limit(Level.SEVERE);
        assertThat(JAR).as("packaged by mvn verify, or ./fanfare up").exists();
        int port = RunningUp.freePort();
        int kafka = RunningUp.freePort();
        int webhooks = RunningUp.freePort();
        var state = dir.resolve("state");
        try (var up = RunningUp.start(
                        state,
                        Apps.packaged(),
                        "--no-demo",
                        "--port=" + port,
                        "--kafka-port=" + kafka,
                        "--webhooks-port=" + webhooks,
                        "--receiver-port=" + RunningUp.freePort())
                .awaitReady()) {
            // each tenth event fails twice, one endpoint closes connections, one is away for a while
            var hooks = load(
                    "webhook",
                    "--api=http://127.0.0.1:" + webhooks,
                    "--token-file=" + state.resolve("webhooks.token"),
                    "--kafka=127.0.0.1:" + kafka,
                    "--tenant=acme",
                    "--endpoints=6",
                    "--channels=3",
                    "--rate=30",
                    "--warm-up=1s",
                    "--duration=4s",
                    "--drain=60s",
                    "--fail=share=0.2,events=0.1,answer=503,times=2",
                    "--fail=share=0.2,events=0.1,answer=close,times=1",
                    "--fail=share=0.2,answer=500,from=1s,for=500ms");
            assertThat(hooks).contains("6 endpoints are deleted", "each call signed", "repeated=0");

            var soak = load(
                    "soak",
                    "--url=http://127.0.0.1:" + port + "/v1/events",
                    "--kafka=127.0.0.1:" + kafka,
                    "--transports=sse,ws,poll",
                    "--sessions=12",
                    "--rate=30",
                    "--warm-up=1s",
                    "--duration=3s",
                    "--interim=1s",
                    "--growth-max=1e9",
                    "--server-pid=" + up.pid("gateway"),
                    "--server-metrics=http://127.0.0.1:" + port + "/metrics");
            assertThat(soak).contains("rss=", "heap=", "sessions=", "00:00:01 ", "nothing missing");
        }
    }

    /// What it says, which exits with 0.
    private static String load(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(text).isZero();
            return text;
        } finally {
            process.destroyForcibly();
        }
    }
}
