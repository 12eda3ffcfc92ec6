package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.EventSourceParser.Comment;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// HTTP/2 without TLS, with prior knowledge (RFC 9113 §3.3).
@Timeout(60)
class Http2Test {
    private static LocalBroker broker;
    private static String topic;
    private static Gateways.Running gateway;
    private static OkHttpClient client;

    @BeforeAll
    static void start() {
        broker = LocalBroker.get();
        topic = broker.newTopic("h2", 1);
        gateway = new Gateways()
                .route(topic, "{topic}.{key}")
                .heartbeats(Duration.ofSeconds(15), Duration.ofMillis(300), Duration.ofSeconds(60))
                .start();
        client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .readTimeout(Duration.ofSeconds(20))
                .build();
    }

    @AfterAll
    static void stop() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
        gateway.close();
    }

    private static Call call(String key, String parameters, String... headers) {
        var request = new Request.Builder()
                .url("http://127.0.0.1:" + gateway.port() + "/v1/events?channel=" + topic + "." + key + parameters);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.newCall(request.build());
    }

    private static void publish(String key, String value) {
        broker.send(topic, 0, key, value.getBytes(UTF_8));
    }

    private static void awaitSessions(String transport, int expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(gateway.metric("fanfare_sessions", "\"" + transport + "\""))
                        .isEqualTo(expected));
    }

    private static EventSourceParser events(Response response) {
        return new EventSourceParser(response.body().byteStream());
    }

    @Test
    void takesAsMuchBeforeTheBodyAsHttp1Does() throws IOException {
        var channels = ("&channel=" + "c".repeat(255)).repeat(100);
        var cursor = "&cursor=" + "A".repeat(4096);
        try (var response = call("long", channels + cursor, headers(4, 3500)).execute()) {
            assertThat(response.body().string()).contains("\"code\":\"invalid-cursor\"");
        }
    }

    @Test
    void boundsWhatComesBeforeTheBody() throws IOException {
        try (var response = call("long", "&wait=0", headers(17, 3500)).execute()) {
            assertThat(response.code()).isEqualTo(431);
            assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(response.header("X-Request-Id")).isNotBlank();
            assertThat(response.body().string()).contains("\"code\":\"headers-too-large\"");
        }
        var huge = call("long", "&wait=0", headers(300, 3500));
        assertThatThrownBy(huge::execute).isInstanceOf(IOException.class);
        try (var response = call("long", "&wait=0").execute()) {
            assertThat(response.code()).isEqualTo(200);
        }
    }

    private static String[] headers(int count, int length) {
        return IntStream.range(0, count)
                .boxed()
                .flatMap(i -> Stream.of("X-Long-" + i, "x".repeat(length)))
                .toArray(String[]::new);
    }

    @Test
    void streamsEvents() throws IOException {
        var call = call("live", "", "Accept", "text/event-stream", "X-Request-Id", "r-2");
        try (var response = call.execute()) {
            assertThat(response.protocol()).isEqualTo(Protocol.H2_PRIOR_KNOWLEDGE);
            assertThat(response.code()).isEqualTo(200);
            assertThat(response.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(response.header("Cache-Control")).isEqualTo("no-store");
            assertThat(response.header("X-Accel-Buffering")).isEqualTo("no");
            assertThat(response.header("X-Request-Id")).isEqualTo("r-2");
            assertThat(response.header("Connection")).isNull();
            var events = events(response);
            events.item();
            assertThat(events.retryMillis()).isBetween(100L, 900L);
            assertThat(events.message().type()).isEqualTo("ready");
            publish("live", "1");
            publish("live", "2");
            assertThat(events.message().data()).isEqualTo("1");
            assertThat(events.message().data()).isEqualTo("2");
            call.cancel();
        }
        awaitSessions("sse", 0);
    }

    @Test
    void endsAStreamUnderFireWithoutHarmToTheOthers() throws Exception {
        var stop = new AtomicBoolean();
        var publisher = Thread.startVirtualThread(() -> {
            while (!stop.get()) {
                broker.send(topic, 0, "fire", new byte[5000]);
            }
        });
        try (var witness =
                call("fire", "&format=json", "Accept", "text/event-stream").execute()) {
            var reader = CompletableFuture.supplyAsync(() -> {
                try {
                    var events = events(witness);
                    while (!events.message().data().contains("the end")) {
                        // go on
                    }
                    return true;
                } catch (IOException broken) {
                    throw new UncheckedIOException(broken);
                }
            });
            for (int i = 0; i < 60; i++) {
                var call = call("fire", "", "Accept", "text/event-stream");
                try (var response = call.execute()) {
                    events(response).message("ready");
                    call.cancel();
                }
                assertThat(reader.isCompletedExceptionally()).isFalse();
            }
            stop.set(true);
            publisher.join();
            publish("fire", "the end");
            assertThat(reader.get(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            stop.set(true);
            publisher.join();
        }
    }

    @Test
    void carriesManyStreamsAtOnce() throws IOException {
        var streams = new ArrayList<Response>();
        for (int i = 0; i < 20; i++) {
            streams.add(call("many", "&heartbeat=300ms", "Accept", "text/event-stream")
                    .execute());
        }
        awaitSessions("sse", 20);
        publish("many", "to all");
        for (var stream : streams) {
            var events = events(stream);
            events.message("ready");
            assertThat(events.message().data()).isEqualTo("to all");
            stream.close();
        }
        awaitSessions("sse", 0);
    }

    @Test
    void forgetsAStreamThatWasResetAtItsNextHeartbeat() throws IOException {
        var call = call("reset", "&heartbeat=300ms", "Accept", "text/event-stream");
        try (var response = call.execute()) {
            events(response).until(Comment.class, _ -> true);
            awaitSessions("sse", 1);
            call.cancel();
        }
        awaitSessions("sse", 0);
    }

    @Test
    void resumesFromTheLastEventId() throws IOException {
        String id;
        try (var response = call("again", "", "Accept", "text/event-stream").execute()) {
            id = events(response).message("ready").lastEventId();
        }
        publish("again", "missed");
        try (var response = call("again", "", "Accept", "text/event-stream", "Last-Event-ID", id)
                .execute()) {
            assertThat(events(response)
                            .until(
                                    EventSourceParser.Message.class,
                                    m -> m.type().equals("message"))
                            .data())
                    .isEqualTo("missed");
        }
    }

    @Test
    void holdsPolls() throws IOException, InterruptedException {
        try (var empty = call("poll", "&wait=0").execute()) {
            assertThat(empty.protocol()).isEqualTo(Protocol.H2_PRIOR_KNOWLEDGE);
            assertThat(empty.header("Content-Type")).isEqualTo("application/json");
            assertThat(empty.header("Cache-Control")).isEqualTo("no-store");
            assertThat(empty.header("Vary")).isEqualTo("Accept, Prefer");
            assertThat(empty.body().string()).startsWith("{\"events\":[],\"cursor\":\"");
        }
        var publisher = Thread.startVirtualThread(() -> {
            awaitSessions("poll", 1);
            publish("poll", "held");
        });
        try (var held = call("poll", "", "Prefer", "wait=30").execute()) {
            assertThat(held.header("Preference-Applied")).isEqualTo("wait=30");
            assertThat(held.body().string()).contains("\"data\":\"held\"");
        }
        assertThat(publisher.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void refusesWithProblems() throws IOException {
        try (var refused = call("x", "&topic=y", "X-Request-Id", "r-3").execute()) {
            assertThat(refused.code()).isEqualTo(400);
            assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(refused.header("X-Request-Id")).isEqualTo("r-3");
            assertThat(refused.body().string()).contains("\"code\":\"unknown-parameter\"");
        }
        try (var upgrade = call("x", "&transport=ws").execute()) {
            assertThat(upgrade.code()).isEqualTo(426);
            assertThat(upgrade.body().string()).contains("\"code\":\"upgrade-required\"");
        }
    }

    @Test
    void endsStreamsWhenTheGatewayStops() throws Exception {
        try (var other = new Gateways().route(topic, "{topic}.{key}").start()) {
            var request = new Request.Builder()
                    .url("http://127.0.0.1:" + other.port() + "/v1/events?channel=" + topic + ".stop")
                    .header("Accept", "text/event-stream")
                    .build();
            try (var response = client.newCall(request).execute()) {
                var events = events(response);
                events.message("ready");
                var stopping = Thread.startVirtualThread(other::close);
                events.toEnd();
                stopping.join();
            }
        }
    }
}
