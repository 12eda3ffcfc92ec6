package dev.fanfare.gateway.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.testing.Collector;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a collector of traces gets to see of events: one gateway, with real requests of OTLP.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class TracingTest {
    private static final String PRODUCER = "00f067aa0ba902b7";
    private static final String HANDSHAKE =
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private static final AtomicInteger TRACES = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static String topic;
    private static Collector collector;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() throws IOException {
        topic = LocalBroker.get().newTopic("traced", 1);
        collector = Collector.start();
        var headers = Files.writeString(folder.resolve("headers"), "Authorization: Bearer of-the-collector\n\n");
        gateway = gateways(Optional.of(headers.toString())).start();
    }

    private static Gateways gateways(Optional<String> headersFile) {
        var gateways = new Gateways().route(topic, "{key}");
        gateways.tracing = collector.settings(headersFile);
        gateways.publish = new Publish(true, topic, 1 << 20, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 1000);
        return gateways;
    }

    @AfterAll
    static void stop() {
        gateway.close();
        collector.close();
    }

    private static String newTrace() {
        return "4bf92f3577b34da6a3ce929d%08x".formatted(TRACES.incrementAndGet());
    }

    private static String parent(String trace, boolean sampled) {
        return "00-%s-%s-0%d".formatted(trace, PRODUCER, sampled ? 1 : 0);
    }

    private static void send(String key, String data, String... headers) {
        LocalBroker.get().send(topic, 0, key, data.getBytes(UTF_8), headers);
    }

    private static Collector.Sent sent(String trace, String name) {
        return await().atMost(Duration.ofSeconds(20))
                .until(() -> collector.find(trace, name), Optional::isPresent)
                .orElseThrow();
    }

    private static EventSourceParser listen(RawClient client, String channel) throws IOException {
        client.openStream("/v1/events?channel=" + channel);
        var stream = new EventSourceParser(client.in());
        stream.message("ready");
        return stream;
    }

    @Test
    void followsAnEventFromItsRecordToTheSockets() throws IOException {
        var trace = newTrace();
        try (var sse = gateway.connect();
                var ws = gateway.connect()) {
            var stream = listen(sse, "a");
            ws.get("/v1/events?channel=a", HANDSHAKE).head();
            WebSocketFrames.readText(ws.in());
            send("a", "what nobody else may see", "traceparent", parent(trace, true), "tracestate", "vendor=1");
            assertThat(stream.message().data()).isEqualTo("what nobody else may see");
            WebSocketFrames.readText(ws.in());
        }
        var process = sent(trace, "process " + topic);
        assertThat(process.service()).isEqualTo("fanfare-gateway");
        assertThat(process.parent()).isEqualTo(PRODUCER);
        assertThat(process.span().getTraceState()).isEqualTo("vendor=1");
        assertThat(process.span().getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CONSUMER);
        assertThat(process.attribute("messaging.destination.name")).isEqualTo(topic);
        assertThat(process.attribute("messaging.destination.partition.id")).isEqualTo("0");
        assertThat(process.attribute("messaging.kafka.offset")).isNotEmpty();
        for (var transport : List.of("sse", "ws")) {
            var deliver = sent(trace, "deliver " + transport);
            assertThat(deliver.parent()).isEqualTo(process.id());
            assertThat(deliver.links()).containsExactly(process.id());
            assertThat(deliver.attribute("session.id")).isNotEmpty();
            assertThat(deliver.attribute("error.type")).as("written, not ended").isEmpty();
            assertThat(deliver.span().getEndTimeUnixNano())
                    .isGreaterThanOrEqualTo(deliver.span().getStartTimeUnixNano());
        }
        assertThat(collector.holds("nobody else")).isFalse();
        assertThat(collector.authorizations()).containsOnly("Bearer of-the-collector");
    }

    @Test
    void goesByWhatTheProducerHasDecided() throws IOException {
        var unsampled = newTrace();
        var sampled = newTrace();
        try (var client = gateway.connect()) {
            var stream = listen(client, "b");
            send("b", "1", "traceparent", parent(unsampled, false));
            send("b", "2"); // of which nobody has decided: of these none is traced here
            send("b", "3", "traceparent", parent(sampled, true));
            stream.message();
            stream.message();
            stream.message();
        }
        sent(sampled, "deliver sse");
        assertThat(collector.trace(unsampled)).isEmpty();
    }

    @Test
    void makesSpansOfAnEventsFirstSessionsOnly() throws IOException {
        var trace = newTrace();
        var clients = new ArrayList<RawClient>();
        var streams = new ArrayList<EventSourceParser>();
        for (int i = 0; i < EventTracing.DELIVERIES_MAX + 4; i++) {
            clients.add(gateway.connect());
            streams.add(listen(clients.getLast(), "c"));
        }
        send("c", "1", "traceparent", parent(trace, true));
        for (var stream : streams) {
            stream.message();
        }
        var later = newTrace();
        send("c", "2", "traceparent", parent(later, true));
        sent(later, "deliver sse"); // spans are sent in their order
        assertThat(collector.trace(trace)).hasSize(1 + EventTracing.DELIVERIES_MAX);
        for (var client : clients) {
            client.close();
        }
    }

    @Test
    void goesOnFromThePublishersRequest() throws IOException {
        var trace = newTrace();
        try (var client = gateway.connect();
                var publisher = gateway.connect()) {
            var stream = listen(client, "d");
            publisher
                    .request("POST", "/v1/events?channel=d", "Content-Length: 1", "traceparent: " + parent(trace, true))
                    .send("x");
            assertThat(publisher.answer().status()).isEqualTo(202);
            stream.message();
        }
        var send = sent(trace, "send " + topic);
        assertThat(send.parent()).isEqualTo(PRODUCER);
        assertThat(sent(trace, "process " + topic).parent()).isEqualTo(send.id());
        assertThat(sent(trace, "deliver sse").parent())
                .isEqualTo(sent(trace, "process " + topic).id());
    }

    @Test
    void leavesAnEventTheTraceOfItsOwn() throws IOException {
        var own = newTrace();
        var request = newTrace();
        try (var publisher = gateway.connect()) {
            publisher
                    .request(
                            "POST",
                            "/v1/events?channel=e",
                            "Content-Length: 1",
                            "traceparent: " + parent(request, true),
                            "ce-specversion: 1.0",
                            "ce-id: 1",
                            "ce-source: /s",
                            "ce-type: t",
                            "ce-traceparent: " + parent(own, true))
                    .send("x");
            assertThat(publisher.answer().status()).isEqualTo(202);
        }
        sent(request, "send " + topic);
        assertThat(sent(own, "process " + topic).parent()).isEqualTo(PRODUCER);
    }

    @Test
    void doesNotStartWithHeadersThatAreNone() throws IOException {
        assertThatThrownBy(() -> gateways(Optional.of("/nowhere/headers")).startUnready())
                .hasMessageContaining("tracing.headers-file")
                .hasMessageContaining("/nowhere/headers");
        var file = Files.writeString(folder.resolve("bad"), "very secret\n");
        assertThatThrownBy(() -> gateways(Optional.of(file.toString())).startUnready())
                .hasMessageContaining("tracing.headers-file")
                .message()
                .doesNotContain("secret");
    }
}
