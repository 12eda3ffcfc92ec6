package dev.fanfare.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The packaged gateway as a process, on one port for all its lives.
final class TestGateway implements AutoCloseable {
    private static final Path JAR = Repository.ROOT.resolve("gateway/target/fanfare-gateway.jar");
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path dir;
    private final int port;
    private Program running;

    private TestGateway(Path dir, int port) throws IOException {
        this.dir = dir;
        this.port = port;
        this.running = launch();
    }

    /// Anybody may subscribe to everything, and publish to channels of any name.
    ///
    /// @param dir for its configuration
    /// @param topic its records go to the channel of its name and their key
    /// @param more settings in YAML
    static TestGateway start(Path dir, String topic, String more) throws IOException {
        assertThat(JAR).as("packaged by mvn verify, or ./fanfare up").exists();
        int port = freePort();
        Files.writeString(dir.resolve("gateway.yaml"), """
                server.port: %1$d
                kafka:
                  bootstrap.servers: "%2$s"
                routes:
                  - {topics: ["%3$s"], channels: "%3$s.{key}"}
                  - {topics: ["%4$s"], channels: "{key}"}
                access.anonymous: {subscribe: ["**"], publish: ["**"]}
                publish: {enabled: true, topic: "%4$s"}
                session: {heartbeat: 1s, heartbeat-min: 500ms} # so that a dead connection is noticed soon
                shutdown: {notice: 0s, drain: 300ms, deadline: 5s, retry-min: 300ms, retry-max: 900ms}
                %5$s
                """.formatted(
                        port,
                        LocalBroker.get().bootstrapServers(),
                        topic,
                        LocalBroker.get().newTopic("published", 1),
                        more));
        return new TestGateway(dir, port).awaitReady();
    }

    static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private Program launch() throws IOException {
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                JAR.toString(),
                "--config",
                "gateway.yaml");
        return Program.start(dir, Map.of(), command);
    }

    private TestGateway awaitReady() {
        var ready = HttpRequest.newBuilder(URI.create(url() + "/health/ready")).build();
        try {
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(50))
                    .failFast("the gateway ended", () -> !running.isAlive())
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> HTTP.send(ready, BodyHandlers.discarding()).statusCode() == 200);
        } catch (RuntimeException failure) {
            close();
            throw new AssertionError("the gateway is not ready: " + running, failure);
        }
        return this;
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /// Asks it to stop, as an update does, and waits until it has.
    void stop() throws InterruptedException {
        running.terminate();
    }

    void kill() throws InterruptedException {
        running.kill();
    }

    /// Sessions that are open.
    ///
    /// @param transport ws, sse or poll
    int sessions(String transport) throws IOException {
        var sessions = Pattern.compile(
                "^fanfare_sessions\\{.*transport=\"%s\".*} ([0-9]+)".formatted(transport), Pattern.MULTILINE);
        try {
            var metrics = HTTP.send(
                            HttpRequest.newBuilder(URI.create(url() + "/metrics"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            return sessions.matcher(metrics)
                    .results()
                    .mapToInt(found -> Integer.parseInt(found.group(1)))
                    .sum();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    void startAgain() throws IOException {
        running = launch();
        awaitReady();
    }

    @Override
    public void close() {
        running.close();
    }
}
