package dev.fanfare.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240)
class ListenTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @TempDir
    Path dir;

    private final Apps apps = Apps.packaged();
    private final List<String> verified = new CopyOnWriteArrayList<>();
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private final List<Process> started = new ArrayList<>();
    private int port;
    private int targetPort;

    @BeforeEach
    void setUp() throws Exception {
        KafkaLog.limit(Level.SEVERE);
        port = RunningUp.freePort();
        targetPort = RunningUp.freePort();
    }

    @AfterEach
    void endWhatRuns() throws Exception {
        for (var process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void eachEventIsPostedOnceWhateverIsStoppedMeanwhile() throws Exception {
        try (var up = RunningUp.start(
                        dir.resolve("state"),
                        apps,
                        "--no-demo",
                        "--no-webhooks",
                        "--port=" + port,
                        "--kafka-port=" + RunningUp.freePort())
                .awaitReady()) {
            var target = target();
            var first = listen("--channel=orders.*");
            await().atMost(PATIENCE).until(() -> output(first).contains("signed with " + SECRET));
            await().atMost(PATIENCE).untilAsserted(() -> {
                publish(-1); // until it is subscribed
                assertThat(verified).isNotEmpty();
            });
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Files.exists(cursorFile())).isTrue());
            publish(0, 5);
            awaitPosted(5);

            target.stop(0);
            publish(5, 8);
            await().atMost(PATIENCE).until(() -> output(first).contains("no answer from"));
            first.destroyForcibly().waitFor();
            target = target();
            listen("--channel=orders.*");
            awaitPosted(8);

            ProcessHandle.of(up.pid("gateway")).orElseThrow().destroyForcibly();
            await().atMost(PATIENCE).until(() -> up.pids("gateway").size() == 2);
            await().atMost(PATIENCE).ignoreExceptions().until(() -> publish(8));
            publish(9, 12);
            awaitPosted(12);
            target.stop(0);
            assertThat(refused).isEmpty();
        }
    }

    @Test
    void whatCannotBeDoneIsSaid() throws Exception {
        var misused = listen("--channel=orders.*", "--timeout=99");
        assertThat(misused.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(misused.exitValue()).isEqualTo(2);
        assertThat(output(misused)).contains("--timeout '99': give 1 to 30 seconds");
    }

    /// Notes what is signed as it should be, by the official library.
    private HttpServer target() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), targetPort), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                var headers = new HashMap<String, List<String>>();
                exchange.getRequestHeaders()
                        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
                var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
                try {
                    new Webhook(SECRET).verify(body, headers);
                    verified.add(body);
                } catch (Exception wrong) {
                    refused.add(body + ": " + wrong);
                }
                exchange.sendResponseHeaders(204, -1);
            }
        });
        server.start();
        return server;
    }

    private Process listen(String... options) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                apps.webhooks().toString(),
                "dev.fanfare.webhook.listen.Listen",
                "--gateway=http://127.0.0.1:" + port,
                "--forward-to=http://127.0.0.1:" + targetPort + "/hook",
                "--cursor-file=" + cursorFile()));
        command.addAll(List.of(options));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(started.size()).toFile());
        builder.environment().put("FANFARE_LISTEN_SECRET", SECRET);
        var process = builder.start();
        started.add(process);
        return process;
    }

    private Path cursorFile() {
        return dir.resolve("cursor");
    }

    private Path log(int number) {
        return dir.resolve("listen-" + number + ".log");
    }

    private String output(Process process) throws IOException {
        return Files.readString(log(started.indexOf(process)));
    }

    private void publish(int from, int to) throws Exception {
        for (int n = from; n < to; n++) {
            assertThat(publish(n)).isTrue();
        }
    }

    private boolean publish(int n) throws Exception {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/v1/events?channel=orders.1".formatted(port)))
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("order " + n));
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), BodyHandlers.discarding()).statusCode() == 202;
        }
    }

    /// Once each, in their order.
    private void awaitPosted(int count) {
        var expected = IntStream.range(0, count).mapToObj(n -> "order " + n).toList();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(verified.stream().filter(body -> !body.equals("order -1")))
                        .containsExactlyElementsOf(expected));
    }
}
