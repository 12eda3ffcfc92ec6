package dev.fanfare.load.watch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.load.check.Micros;
import dev.fanfare.load.report.Server;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Reads a server's own figures each second, in a thread of its own: a server that does not answer holds up nothing.
final class MetricsReader implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final Watched.Metrics what;
    private final Consumer<String> news;
    private final HttpClient http;
    private final Thread thread = Thread.ofPlatform().daemon().name("metrics").unstarted(this::run);

    @GuardedBy("this")
    private final Map<String, Server.Figure> figures = new TreeMap<>();

    @GuardedBy("this")
    private long fromMicros = Long.MAX_VALUE;

    @GuardedBy("this")
    private long toMicros = Long.MAX_VALUE;

    @GuardedBy("this")
    private int answers;

    @GuardedBy("this")
    private int failures;

    private MetricsReader(Watched.Metrics what, Consumer<String> news) {
        this.what = what;
        this.news = news;
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(what.tls())
                .build();
    }

    /// @param news is told the first failure
    static MetricsReader start(Watched.Metrics what, Consumer<String> news) {
        var reader = new MetricsReader(what, news);
        reader.thread.start();
        return reader;
    }

    /// What is read from now on within this stretch of time is reported, from the last reading before it on.
    synchronized void measure(long from, long to) {
        fromMicros = from;
        toMicros = to;
    }

    synchronized Server.Metrics metrics() {
        return new Server.Metrics(
                what.url().toString(), answers, failures, Collections.unmodifiableMap(new TreeMap<>(figures)));
    }

    @Override
    public void close() {
        thread.interrupt();
        http.shutdownNow();
    }

    private void run() {
        try {
            while (true) {
                long next = System.nanoTime() + PERIOD.toNanos();
                read();
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            }
        } catch (InterruptedException closed) {
            // as asked for
        }
    }

    /// With a deadline for the whole answer, which an `HttpRequest.timeout` would only set for its head.
    private void read() throws InterruptedException {
        var answer = http.sendAsync(HttpRequest.newBuilder(what.url()).build(), BodyHandlers.ofString());
        try {
            var response = answer.get(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() == 200) {
                add(Micros.now(), Exposition.figures(response.body(), what.prefix()));
            } else {
                fail("HTTP " + response.statusCode());
            }
        } catch (TimeoutException late) {
            answer.cancel(true);
            fail("no answer within %d s".formatted(PERIOD.toSeconds()));
        } catch (ExecutionException failure) {
            fail(String.valueOf(failure.getCause()));
        }
    }

    private synchronized void add(long now, Map<String, Double> next) {
        answers++;
        if (now < fromMicros) {
            figures.clear();
        } else if (now > toMicros + Micros.of(PERIOD)) {
            return;
        }
        next.forEach((name, value) -> figures.merge(
                name,
                new Server.Figure(value, value, value),
                (one, _) -> new Server.Figure(one.from(), value, Math.max(one.max(), value))));
    }

    private synchronized void fail(String why) {
        if (failures++ == 0) {
            news.accept("--server-metrics %s: %s; the run goes on without what is missing".formatted(what.url(), why));
        }
    }
}
