package dev.fanfare.load.run;

import dev.fanfare.load.watch.Watched;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/// Looks at what a server takes: the memory of its process, and what it says of itself in Prometheus' text format.
/// For one thread.
public final class ServerMemory implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final double MEGABYTE = 1e6;

    private final OptionalLong process;
    private final Optional<Watched.Metrics> metrics;
    private final String heapName;
    private final String sessionsName;
    private final HttpClient http;

    private boolean rssRead;
    private boolean heapRead;
    private boolean sessionsRead;

    /// @param rss megabytes that the process has in memory
    /// @param heap megabytes of its heap, with garbage
    /// @param sessions open ones
    record Sample(OptionalDouble rss, OptionalDouble heap, OptionalDouble sessions) {}

    /// @param process on this machine, whose `/proc/PID/status` can be read
    /// @param metrics where the metrics are
    /// @param heapName of the metric, in bytes; with the beginning of its labels, if only those count
    /// @param sessionsName likewise
    public ServerMemory(OptionalLong process, Optional<Watched.Metrics> metrics, String heapName, String sessionsName) {
        this.process = process;
        this.metrics = metrics;
        this.heapName = heapName;
        this.sessionsName = sessionsName;
        var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
        metrics.ifPresent(from -> client.sslContext(from.tls()));
        http = client.build();
    }

    /// What cannot be had at the moment is empty.
    Sample sample() throws InterruptedException {
        var text = metrics.isEmpty() ? "" : fetch(metrics.get().url());
        var heap = sum(text, heapName);
        var sample = new Sample(
                rss(),
                heap.isPresent() ? OptionalDouble.of(heap.getAsDouble() / MEGABYTE) : heap,
                sum(text, sessionsName));
        rssRead |= sample.rss.isPresent();
        heapRead |= sample.heap.isPresent();
        sessionsRead |= sample.sessions.isPresent();
        return sample;
    }

    /// What was to be read, and never was.
    List<String> unread() {
        var faults = new ArrayList<String>();
        if (process.isPresent() && !rssRead) {
            faults.add("the memory of process %d could not be read".formatted(process.getAsLong()));
        }
        if (metrics.isPresent() && !heapRead) {
            faults.add(unread(heapName, metrics.get()));
        }
        if (metrics.isPresent() && !sessionsRead) {
            faults.add(unread(sessionsName, metrics.get()));
        }
        return faults;
    }

    private static String unread(String name, Watched.Metrics from) {
        return "no '%s' could be read from %s".formatted(name, from.url());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private OptionalDouble rss() {
        if (process.isEmpty()) {
            return OptionalDouble.empty();
        }
        try (var lines = Files.lines(Path.of("/proc", "" + process.getAsLong(), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / MEGABYTE)
                    .findFirst();
        } catch (IOException | UncheckedIOException gone) {
            return OptionalDouble.empty();
        }
    }

    private String fetch(URI from) throws InterruptedException {
        try {
            var request = HttpRequest.newBuilder(from).timeout(TIMEOUT).header("Accept", "text/plain");
            var answer = http.send(request.build(), BodyHandlers.ofString());
            return answer.statusCode() == 200 ? answer.body() : "";
        } catch (IOException away) {
            return "";
        }
    }

    /// Of all samples of a name.
    private static OptionalDouble sum(String text, String name) {
        var found = text.lines()
                .filter(line -> line.startsWith(name)
                        && line.length() > name.length()
                        && "{, }".indexOf(line.charAt(name.length())) >= 0)
                .mapToDouble(ServerMemory::value)
                .toArray();
        return found.length == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Arrays.stream(found).sum());
    }

    /// Behind the labels; a timestamp may follow.
    private static double value(String line) {
        var rest = line.substring(Math.max(line.lastIndexOf('}') + 1, line.indexOf(' ')));
        try {
            return Double.parseDouble(rest.strip().split(" ", -1)[0]);
        } catch (NumberFormatException none) {
            return 0;
        }
    }
}
