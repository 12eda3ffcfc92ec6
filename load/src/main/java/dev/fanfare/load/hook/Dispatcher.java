package dev.fanfare.load.hook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The dispatcher's API. Endpoints that it has been given are deleted again: by [#close], or when the process is told
/// to end.
public final class Dispatcher implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARALLEL = 16;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();
    private final URI endpoints;
    private final Optional<String> token;
    private final Duration timeout;
    private final Consumer<String> progress;
    private final Queue<String> ids = new ConcurrentLinkedQueue<>();
    private final Thread goodbye = new Thread(this::deleteAll, "delete-endpoints");
    private volatile @Nullable String failure; // of a registration
    private volatile boolean closing;
    private volatile List<Thread> registering = List.of();

    /// An endpoint that has been made.
    record Registered(String id, String secret) {}

    /// @param api `http://HOST:PORT`
    /// @param timeout of each request
    /// @param progress is told what cannot be deleted
    public Dispatcher(URI api, Optional<String> token, Duration timeout, Consumer<String> progress) {
        var base = api.toString();
        endpoints = URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/v1/endpoints");
        this.token = token;
        this.timeout = timeout;
        this.progress = progress;
    }

    /// Makes an endpoint of each.
    ///
    /// @throws RefusedException if there is one that cannot be made
    List<Registered> register(List<? extends JsonNode> wanted) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(goodbye);
        var made = new AtomicReferenceArray<@Nullable Registered>(wanted.size());
        var next = new AtomicInteger();
        registering = workers(() -> {
            int number = next.getAndIncrement();
            if (number >= wanted.size() || closing || failure != null) {
                return false;
            }
            made.set(number, create(wanted.get(number)));
            return true;
        });
        for (var worker : registering) {
            worker.join();
        }
        var why = failure;
        if (why != null) {
            throw new RefusedException(why);
        }
        return IntStream.range(0, wanted.size())
                .mapToObj(number -> Optional.ofNullable(made.get(number)).orElseThrow())
                .toList();
    }

    @Override
    public void close() {
        deleteAll();
        try {
            Runtime.getRuntime().removeShutdownHook(goodbye);
        } catch (IllegalStateException ending) {
            // it has deleted them
        }
    }

    private @Nullable Registered create(JsonNode wanted) {
        try {
            var answer = send(request(endpoints).POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(wanted))));
            if (answer.statusCode() != 201) {
                failure = "status %d: %s".formatted(answer.statusCode(), detail(answer.body()));
                return null;
            }
            var created = JSON.readTree(answer.body());
            ids.add(created.path("id").asText());
            return new Registered(
                    created.path("id").asText(), created.path("secret").asText());
        } catch (IOException away) {
            failure = away.toString();
            return null;
        }
    }

    private void deleteAll() {
        closing = true;
        join(registering); // so that all ids are known
        int count = ids.size();
        var failed = new AtomicInteger();
        join(workers(() -> {
            var id = ids.poll();
            if (id != null && !delete(id)) {
                failed.incrementAndGet();
            }
            return id != null;
        }));
        if (count > 0) {
            progress.accept("%d endpoints are deleted".formatted(count - failed.get()));
        }
        if (failed.get() > 0) {
            progress.accept("%d endpoints could not be deleted: find them by their description, '%s'"
                    .formatted(failed.get(), Endpoints.DESCRIPTION));
        }
    }

    private boolean delete(String id) {
        try {
            int status =
                    send(request(URI.create(endpoints + "/" + id)).DELETE()).statusCode();
            return status / 100 == 2 || status == 404;
        } catch (IOException away) {
            return false;
        }
    }

    private HttpRequest.Builder request(URI uri) {
        var request = HttpRequest.newBuilder(uri).timeout(timeout).header("Content-Type", "application/json");
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request;
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException ended) {
            throw new IOException(ended);
        }
    }

    private interface Step {
        /// False: there are no more.
        boolean take();
    }

    private static List<Thread> workers(Step step) {
        return IntStream.range(0, PARALLEL)
                .mapToObj(_ -> Thread.startVirtualThread(() -> {
                    while (step.take()) {}
                }))
                .toList();
    }

    private static void join(List<Thread> threads) {
        try {
            for (var thread : threads) {
                thread.join();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static String detail(String body) {
        try {
            var problem = JSON.readTree(body);
            return problem.has("detail") ? problem.path("detail").asText() : body;
        } catch (JsonProcessingException noProblem) {
            return body;
        }
    }
}
