package dev.fanfare.samples;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

/// Server-sent events with OkHttp: prints the data of each event in a line. Arguments: [URL] [CHANNEL].
final class OkHttpSample {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);

    private final OkHttpClient http = new OkHttpClient.Builder()
            .readTimeout(HEARTBEAT.multipliedBy(2)) // after so long a silence the connection is dead
            .build();
    private final HttpUrl url;
    private String cursor = "";
    private int failures;

    OkHttpSample(String url, String channel) {
        this.url = HttpUrl.get(url)
                .newBuilder("/v1/events")
                .addQueryParameter("channel", channel)
                .addQueryParameter("heartbeat", HEARTBEAT.toString())
                .build();
    }

    /// Runs without end. Whatever breaks, it goes on after the last cursor. What the gateway refuses for good is
    /// thrown.
    void run() throws InterruptedException {
        while (true) {
            var ended = new CompletableFuture<Void>();
            var request = new Request.Builder().url(url).header("Accept", "text/event-stream");
            if (!cursor.isEmpty()) {
                request.header("Last-Event-ID", cursor);
            }
            EventSources.createFactory(http).newEventSource(request.build(), listener(ended));
            try {
                ended.join();
            } catch (CompletionException refused) {
                http.dispatcher().executorService().shutdown(); // its threads would stay for a minute
                throw refused;
            }
            Thread.sleep(ThreadLocalRandom.current().nextLong(Math.min(20_000, 500L << failures)));
            failures = Math.min(failures + 1, 10);
        }
    }

    private EventSourceListener listener(CompletableFuture<Void> ended) {
        return new EventSourceListener() {
            @Override
            public void onEvent(EventSource source, String id, String type, String data) {
                failures = 0;
                take(type == null ? "" : type, data);
                cursor = id == null ? cursor : id;
            }

            @Override
            public void onClosed(EventSource source) {
                ended.complete(null);
            }

            @Override
            public void onFailure(EventSource source, Throwable cause, Response answer) {
                if (answer != null && answer.code() >= 400 && answer.code() < 500) {
                    ended.completeExceptionally(new IllegalStateException(text(answer)));
                } else {
                    ended.complete(null);
                }
            }
        };
    }

    private static String text(Response answer) {
        try {
            return answer.body().string();
        } catch (IOException cut) {
            return answer.toString();
        }
    }

    private static void take(String type, String data) {
        switch (type) {
            case "" -> System.out.println(data);
            case "ready" -> System.err.println("live");
            case "gap" -> // here an app reads its state anew
                System.out.println("gap: " + data.replaceAll(".*\"reason\":\"([a-z-]+)\".*", "$1, $0"));
            default -> System.err.println(type + ": " + data);
        }
    }

    public static void main(String[] args) throws InterruptedException {
        new OkHttpSample(args.length > 0 ? args[0] : "http://localhost:8080", args.length > 1 ? args[1] : "orders.*")
                .run();
    }
}
