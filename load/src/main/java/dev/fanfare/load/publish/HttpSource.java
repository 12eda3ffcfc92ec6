package dev.fanfare.load.publish;

import dev.fanfare.load.check.Micros;
import dev.fanfare.load.check.Payload;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Posts events, those of one channel one after the other: two requests at once may overtake each other.
public final class HttpSource implements Source {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int WAITING_MAX = 20_000; // then sending waits; the intended times stay

    private final HttpClient http;
    private final List<Post> posts;
    private final List<String> headers;
    private final Payload payload;
    private final Acknowledgements acknowledgements;
    private final Semaphore room = new Semaphore(WAITING_MAX);
    private final List<CompletableFuture<?>> last = new ArrayList<>();

    /// How the events of one channel are posted.
    ///
    /// @param body with `{text}` for the data as the inside of a JSON string; none: the data as it is
    public record Post(URI url, Optional<String> body) {
        byte[] body(byte[] data) {
            if (body.isEmpty()) {
                return data;
            }
            var text = new String(data, StandardCharsets.UTF_8).replace("\"", "\\\""); // it has no other to escape
            return body.get().replace("{text}", text).getBytes(StandardCharsets.UTF_8);
        }
    }

    /// @param posts one for each channel
    /// @param headers sent with each, `Name: value`
    /// @param tls of `https`
    public HttpSource(List<Post> posts, List<String> headers, Payload payload, SSLContext tls) {
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .sslContext(tls)
                .build();
        this.posts = List.copyOf(posts);
        this.headers = List.copyOf(headers);
        this.payload = payload;
        acknowledgements = new Acknowledgements(posts.size());
        posts.forEach(_ -> last.add(CompletableFuture.completedFuture(true)));
    }

    @Override
    public void run(Schedule schedule) throws InterruptedException {
        long count = schedule.count();
        for (long i = 0; i < count; i++) {
            long due = schedule.micros(i);
            Pacer.await(due);
            room.acquire();
            int channel = schedule.channel(i);
            long sequence = schedule.sequence(i);
            last.set(channel, last.get(channel).thenCompose(_ -> post(channel, sequence, due)));
        }
        room.acquire(WAITING_MAX);
    }

    @Override
    public Acknowledgements acknowledgements() {
        return acknowledgements;
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /// Completes normally, whatever happens.
    private CompletableFuture<Boolean> post(int channel, long sequence, long due) {
        var body = posts.get(channel).body(payload.encode(channel, sequence, due));
        var request = HttpRequest.newBuilder(posts.get(channel).url())
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body));
        for (var header : headers) {
            int colon = header.indexOf(':');
            request.header(
                    header.substring(0, colon), header.substring(colon + 1).strip());
        }
        return http.sendAsync(request.build(), BodyHandlers.ofString()).handle((response, failure) -> {
            answer(channel, sequence, due, response, failure);
            room.release();
            return true;
        });
    }

    private void answer(
            int channel,
            long sequence,
            long due,
            @Nullable HttpResponse<String> response,
            @Nullable Throwable failure) {
        if (response == null) {
            acknowledgements.fail(String.valueOf(failure));
        } else if (response.statusCode() / 100 == 2) {
            acknowledgements.acknowledge(channel, sequence, Micros.now() - due);
        } else {
            var body = response.body();
            acknowledgements.fail(
                    "HTTP " + response.statusCode() + " " + body.substring(0, Math.min(200, body.length())));
        }
    }
}
