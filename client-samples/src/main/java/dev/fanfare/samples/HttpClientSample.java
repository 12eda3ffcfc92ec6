package dev.fanfare.samples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/// Server-sent events with the JDK's HTTP client and nothing else: `java HttpClientSample.java [URL] [CHANNEL]` prints
/// the data of each event in a line.
final class HttpClientSample {
    /// A notice or an event, whose `event` is empty.
    record Message(String id, String event, String data) {}

    interface Listener {
        void take(Message message);
    }

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
    private final String url;
    private final Listener listener;
    private String cursor = "";
    private long retryMillis = -1;
    private volatile long heardNanos;

    HttpClientSample(String url, String channel, Listener listener) {
        this.url = url + "/v1/events?heartbeat=" + HEARTBEAT + "&channel="
                + URLEncoder.encode(channel, StandardCharsets.UTF_8);
        this.listener = listener;
    }

    /// Hands on what comes, without end. Whatever breaks, it goes on after the last cursor. What the gateway refuses
    /// for good is thrown.
    void run() throws InterruptedException {
        for (int failures = 0; ; failures = Math.min(failures + 1, 10)) {
            retryMillis = -1;
            long delay = ThreadLocalRandom.current().nextLong(Math.min(20_000, 500L << failures));
            try {
                stream();
                failures = 0;
                delay = retryMillis < 0 ? delay : retryMillis;
            } catch (IOException cut) {
                failures = retryMillis < 0 ? failures : 0; // it has worked
            }
            Thread.sleep(delay);
        }
    }

    private void stream() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(cursor.isEmpty() ? url : url + "&cursor=" + cursor))
                .header("Accept", "text/event-stream")
                .build();
        var answer = http.send(request, BodyHandlers.ofLines());
        try (var lines = answer.body()) {
            if (answer.statusCode() != 200) {
                var problem = String.join("\n", lines.toList());
                if (answer.statusCode() < 500 && problem.startsWith("{")) {
                    throw new IllegalStateException(problem);
                }
                throw new IOException("answered " + answer.statusCode());
            }
            heardNanos = System.nanoTime();
            var watch = Thread.ofVirtual().start(() -> closeWhenSilent(lines));
            try {
                read(lines);
            } finally {
                watch.interrupt();
            }
        } catch (UncheckedIOException cut) {
            throw cut.getCause();
        }
    }

    /// Silence for twice a heartbeat: the connection is dead.
    private void closeWhenSilent(Stream<String> lines) {
        try {
            while (System.nanoTime() - heardNanos < 2 * HEARTBEAT.toNanos()) {
                Thread.sleep(HEARTBEAT.dividedBy(2));
            }
            lines.close();
        } catch (InterruptedException over) {
            // the stream has ended
        }
    }

    private void read(Stream<String> lines) {
        String id = "";
        String event = "";
        String data = null;
        for (var each = lines.iterator(); each.hasNext(); ) {
            var line = each.next();
            heardNanos = System.nanoTime();
            int colon = line.indexOf(": ");
            var value = colon < 0 ? "" : line.substring(colon + 2);
            switch (colon < 0 ? line : line.substring(0, colon)) {
                case "id" -> id = value;
                case "event" -> event = value;
                case "data" -> data = data == null ? value : data + "\n" + value;
                case "retry" -> retryMillis = Long.parseLong(value);
                case "" -> {
                    if (data != null) {
                        listener.take(new Message(id, event, data));
                    }
                    cursor = id.isEmpty() ? cursor : id;
                    id = "";
                    event = "";
                    data = null;
                }
                default -> {} // a comment
            }
        }
    }

    public static void main(String[] args) throws InterruptedException {
        var url = args.length > 0 ? args[0] : "http://localhost:8080";
        var channel = args.length > 1 ? args[1] : "orders.*";
        new HttpClientSample(url, channel, message -> {
                    switch (message.event()) {
                        case "" -> System.out.println(message.data());
                        case "ready" -> System.err.println("live");
                        case "gap" -> // here an app reads its state anew
                            System.out.println(
                                    "gap: " + message.data().replaceAll(".*\"reason\":\"([a-z-]+)\".*", "$1, $0"));
                        default -> System.err.println(message.event() + ": " + message.data());
                    }
                })
                .run();
    }
}
