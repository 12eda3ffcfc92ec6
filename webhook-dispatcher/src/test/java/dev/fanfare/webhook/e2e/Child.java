package dev.fanfare.webhook.e2e;

import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.app.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A dispatcher in a process of its own, which can be killed.
final class Child implements AutoCloseable {
    private final Process process;
    private final Path log;

    private Child(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// Returns while it starts.
    static Child start(Setup setup, Path dir) throws IOException {
        return start(setup, dir, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    }

    /// As somebody would run it in earnest.
    static Child forMeasuring(Setup setup, Path dir) throws IOException {
        return start(setup, dir, "-Xmx1g", "-XX:+UseCompactObjectHeaders", "-XX:+UseG1GC");
    }

    private static Child start(Setup setup, Path dir, String first, String second, String third) throws IOException {
        var config = Files.writeString(Files.createTempFile(dir, "config", ".yaml"), setup.file());
        var log = Files.createTempFile(dir, "dispatcher", ".log");
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        first,
                        second,
                        third,
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Child(process, log);
    }

    /// Waits until it listens.
    Child ready() {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("the dispatcher ended: " + log());
            }
            return log().contains("listens on");
        });
        return this;
    }

    /// CPU time so far.
    long cpuMillis() {
        return process.info().totalCpuDuration().orElseThrow().toMillis();
    }

    /// Of its `/metrics`, all labels summed up.
    double metric(String name) {
        var port = log().replaceAll("(?s).*listens on http://127\\.0\\.0\\.1:(\\d+).*", "$1");
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                    .build();
            return client.send(request, BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    /// With SIGKILL.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /// In order.
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the dispatcher does not stop: " + log());
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
