package dev.fanfare.webhook.listen;

import dev.fanfare.events.UndecodableException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;
import org.jspecify.annotations.Nullable;

/// Reads a gateway's server-sent events, and comes back from its cursor after whatever has cut it off. What is read
/// next waits until the last event has been forwarded: a gateway keeps the rest. For one thread.
final class Subscription {
    private static final Duration SILENCE = Duration.ofSeconds(45); // three heartbeats
    private static final long WAIT_MIN = 500;
    private static final long WAIT_MAX = 20_000;
    private static final Set<Integer> FOR_GOOD = Set.of(400, 401, 403, 404, 405, 406, 410, 414, 431);

    private final OkHttpClient client = new OkHttpClient.Builder()
            .readTimeout(SILENCE)
            .callTimeout(Duration.ZERO)
            .build();
    private final HttpUrl url;
    private final Optional<String> token;
    private final CursorFile place;
    private final PrintWriter err;

    /// @param since where to begin without a cursor
    Subscription(
            URI gateway,
            List<String> channels,
            Optional<String> token,
            Optional<String> since,
            CursorFile place,
            PrintWriter err) {
        var address = HttpUrl.get(gateway.resolve("/v1/events").toString())
                .newBuilder()
                .addQueryParameter("format", "cloudevents");
        channels.forEach(channel -> address.addQueryParameter("channel", channel));
        if (place.cursor().isEmpty()) {
            since.ifPresent(start -> address.addQueryParameter("since", start));
        }
        this.url = address.build();
        this.token = token;
        this.place = place;
        this.err = err;
    }

    /// Goes on until the thread is interrupted.
    ///
    /// @throws RefusedException if the gateway does not let us in
    void run(Forwarder forwarder) throws InterruptedException, RefusedException {
        for (int failures = 0; ; failures++) {
            var wait = Optional.<Duration>empty();
            String why;
            try (var answer = client.newCall(request()).execute()) {
                if (answer.isSuccessful()) {
                    failures = 0;
                    why = read(answer, forwarder);
                } else if (FOR_GOOD.contains(answer.code())) {
                    throw new RefusedException("the gateway refuses with %d: %s"
                            .formatted(answer.code(), answer.body().string()));
                } else {
                    wait = Optional.ofNullable(answer.header("Retry-After")).flatMap(Subscription::seconds);
                    why = "it answers " + answer.code();
                }
            } catch (IOException failure) {
                why = String.valueOf(failure.getMessage());
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            err.printf("no connection to the gateway, coming back: %s%n", why);
            Thread.sleep(wait.orElse(backoff(failures)));
        }
    }

    private Request request() {
        var start = place.cursor().isPresent()
                ? url.newBuilder().removeAllQueryParameters("since").build()
                : url;
        var request = new Request.Builder().url(start).header("Accept", "text/event-stream");
        token.ifPresent(given -> request.header("Authorization", "Bearer " + given));
        place.cursor().ifPresent(cursor -> request.header("Last-Event-ID", cursor));
        return request.build();
    }

    /// Until the stream ends; tells why.
    private String read(Response answer, Forwarder forwarder) throws InterruptedException {
        var reading = new Reading(forwarder);
        EventSources.processResponse(answer, reading);
        if (reading.interrupted) {
            throw new InterruptedException();
        }
        return reading.why;
    }

    /// "Full jitter", so that clients do not come back together.
    private static Duration backoff(int failures) {
        long most = Math.min(WAIT_MAX, WAIT_MIN << Math.min(failures, 10));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most + 1));
    }

    private static Optional<Duration> seconds(String text) {
        try {
            return Optional.of(Duration.ofSeconds(Math.max(0, Long.parseLong(text))));
        } catch (NumberFormatException date) {
            return Optional.empty();
        }
    }

    private final class Reading extends EventSourceListener {
        private final Forwarder forwarder;
        private String why = "the stream has ended";
        private boolean interrupted;

        Reading(Forwarder forwarder) {
            this.forwarder = forwarder;
        }

        @Override
        public void onEvent(EventSource source, @Nullable String id, @Nullable String type, String data) {
            if (interrupted) {
                return;
            }
            try {
                take(type, data);
                if (id != null) {
                    place.moveTo(id);
                }
            } catch (InterruptedException stop) {
                interrupted = true;
                source.cancel();
            }
        }

        private void take(@Nullable String type, String data) throws InterruptedException {
            if (type == null) {
                try {
                    forwarder.forward(Incoming.message(data));
                } catch (UndecodableException notOurs) {
                    err.printf("left out, not an event: %s%n", notOurs.getMessage());
                }
            } else if (!type.equals("ready")) {
                err.printf("%s: %s%n", type, data);
            }
        }

        @Override
        public void onFailure(EventSource source, @Nullable Throwable failure, @Nullable Response response) {
            if (failure instanceof RuntimeException fault) {
                throw fault;
            }
            why = failure == null ? "it sends no events" : String.valueOf(failure.getMessage());
        }
    }
}
