package dev.fanfare.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What SIGTERM does to a gateway that is a process of its own.
@Timeout(120)
class StopTest {
    private static final String QUERY = "/v1/events?channel=a";
    private static final int TERMINATED = 143; // 128 and SIGTERM's number

    @Test
    void isNotReadyFirstThenSendsClientsAwayAsTheyUnderstandAndEnds(@TempDir Path dir) throws Exception {
        try (var gateway = Running.start(dir, "3s", "4s");
                var sse = gateway.connect();
                var poll = gateway.connect();
                var ws = gateway.connect()) {
            sse.openStream(QUERY);
            poll.get(QUERY + "&wait=50s");
            ws.get(QUERY, WebSocketFrames.handshake());
            assertThat(ws.head().status()).isEqualTo(101);
            assertThat(WebSocketFrames.readText(ws.in())).contains("\"ready\"");
            await().until(() -> gateway.sessions() == 3);

            gateway.terminate();

            var unready = gateway.awaitUnready();
            assertThat(unready.text()).contains("\"stopping\":true");
            assertThat(gateway.get(QUERY + "&wait=0").status())
                    .as("who comes yet")
                    .isEqualTo(200);
            var refusal = await().atMost(Duration.ofSeconds(20))
                    .until(() -> gateway.get(QUERY + "&wait=0"), answer -> answer.status() != 200);
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.text()).contains("\"code\":\"shutting-down\"");
            assertThat(refusal.header("Retry-After")).isEqualTo("1");
            assertThat(refusal.header("Connection")).isEqualTo("close");
            assertThat(new String(sse.in().readAllBytes(), StandardCharsets.UTF_8))
                    .matches(Pattern.compile(".*\nid: [A-Za-z0-9_-]+\n\nretry: \\d+\n\n", Pattern.DOTALL));
            var answer = poll.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).startsWith("{\"events\":[],\"cursor\":\"");
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(poll.isAtEnd()).isTrue();
            assertThat(WebSocketFrames.readText(ws.in()))
                    .contains("\"going-away\"", "\"reason\":\"shutting-down\"", "\"reconnectAfterMs\":", "\"cursor\":");
            assertThatThrownBy(() -> WebSocketFrames.readText(ws.in())).hasMessage("closed with 1012 shutting-down");
            ws.send(new byte[] {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xF4}); // the close frame back
            assertThat(gateway.awaitEnd()).isEqualTo(TERMINATED);
            assertThat(gateway.said("stopping: not ready any more")).isTrue();
            assertThat(gateway.said("stopped")).isTrue();
        }
    }

    @Test
    void endsAtOnceWhenItIsToldASecondTime(@TempDir Path dir) throws Exception {
        try (var gateway = Running.start(dir, "5m", "5m");
                var sse = gateway.connect()) {
            sse.openStream(QUERY);
            gateway.terminate();
            gateway.awaitUnready();
            gateway.terminate();
            assertThat(gateway.awaitEnd()).isEqualTo(TERMINATED);
            assertThat(gateway.said("SIGTERM while stopping: ended at once")).isTrue();
            assertThat(gateway.said("stopped")).isFalse();
        }
    }

    /// The gateway's process, and what it says.
    private static final class Running implements AutoCloseable {
        private static final Pattern PORT = Pattern.compile(".* listens on http://127\\.0\\.0\\.1:(\\d+)");

        private final Process process;
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final Thread reader = Thread.ofPlatform().unstarted(this::read);

        private Running(Process process) {
            this.process = process;
        }

        static Running start(Path dir, String notice, String drain) throws IOException {
            var topic = LocalBroker.get().newTopic("stop", 1);
            var config = Files.writeString(dir.resolve("gateway.yaml"), """
                    server: {port: 0, page: false}
                    kafka: {bootstrap.servers: "%s"}
                    routes: [{topics: [%s], channels: ["{key}"]}]
                    access.anonymous.subscribe: ["**"]
                    shutdown: {notice: %s, drain: %s, deadline: 20m, retry-min: 100ms, retry-max: 900ms}
                    """.formatted(
                            LocalBroker.get().bootstrapServers(), topic, notice, drain));
            var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            var running = new Running(new ProcessBuilder(
                            java,
                            "-Xmx128m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "--config",
                            config.toString())
                    .redirectErrorStream(true)
                    .start());
            running.reader.start();
            await().atMost(Duration.ofSeconds(60))
                    .failFast(() -> assertThat(running.process.isAlive())
                            .as("%s", running.lines)
                            .isTrue())
                    .ignoreExceptions()
                    .until(() -> running.get("/health/ready").status() == 200);
            return running;
        }

        private void read() {
            try (var output = process.inputReader()) {
                output.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException closed) {
                lines.add("(output lost: " + closed.getMessage() + ")");
            }
        }

        private int port() {
            return lines.stream()
                    .map(PORT::matcher)
                    .filter(matcher -> matcher.matches())
                    .map(matcher -> Integer.parseInt(matcher.group(1)))
                    .findFirst()
                    .orElseThrow();
        }

        RawClient connect() throws IOException {
            return RawClient.connect(port());
        }

        RawClient.Answer get(String target) throws IOException {
            try (var client = connect()) {
                return client.get(target).answer();
            }
        }

        long sessions() throws IOException {
            return get("/metrics")
                    .text()
                    .lines()
                    .filter(line -> line.startsWith("fanfare_sessions{"))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }

        void terminate() {
            process.toHandle().destroy(); // Process.destroy would close its output
        }

        RawClient.Answer awaitUnready() {
            return await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> get("/health/ready"), answer -> answer.status() == 503);
        }

        int awaitEnd() throws InterruptedException {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("%s", lines).isTrue();
            reader.join();
            return process.exitValue();
        }

        boolean said(String text) {
            return lines.stream().anyMatch(line -> line.contains(text));
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
