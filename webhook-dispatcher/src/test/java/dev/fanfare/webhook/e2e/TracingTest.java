package dev.fanfare.webhook.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.LocalBroker;
import dev.fanfare.webhook.app.WebhookDispatcher;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Follows events from their record to the receiver, with a collector of traces that gets real requests of OTLP.
@Timeout(120)
class TracingTest {
    private static final LocalBroker BROKER = LocalBroker.get();
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String PRODUCER = "00f067aa0ba902b7";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String UNSAMPLED = "4bf92f3577b34da6a3ce929d0e0e4737";

    @TempDir
    private Path dir;

    @Test
    void followsAnEventToItsReceiverAndThroughARetry() throws Exception {
        var topic = BROKER.newTopic("traced", 1);
        var setup = Setup.of(dir, BROKER.bootstrapServers(), topic);
        try (var collector = Collector.start();
                var receiver = Receiver.start();
                var _ = WebhookDispatcher.start(setup.settings().with(collector.settings(Optional.empty())))) {
            setup.endpoint(
                    receiver.url("/hook?key=of-the-receiver"),
                    TestDispatcher.retrying(Duration.ZERO, Duration.ofMillis(50)));
            awaitDelivered(topic, receiver);
            var calls = new AtomicInteger();
            receiver.answer(call -> new Receiver.Reply(
                    call.body().equals("traced") && calls.incrementAndGet() == 1 ? 503 : 204, Map.of()));
            send(topic, "untraced", "00-" + UNSAMPLED + "-" + PRODUCER + "-00");
            send(topic, "traced", "00-" + TRACE + "-" + PRODUCER + "-01");
            await().atMost(SOON).until(() -> collector.trace(TRACE).size() == 2);

            var spans = collector.trace(TRACE);
            var told = receiver.calls().stream()
                    .filter(call -> call.body().equals("traced"))
                    .map(call -> call.headers().get("traceparent"))
                    .toList();
            assertThat(told)
                    .containsExactlyElementsOf(spans.stream()
                            .map(span -> List.of("00-" + TRACE + "-" + span.id() + "-01"))
                            .toList());
            assertThat(spans).allSatisfy(span -> {
                assertThat(span.service()).isEqualTo("fanfare-webhook-dispatcher");
                assertThat(span.parent()).isEqualTo(PRODUCER);
                assertThat(span.span().getName()).isEqualTo("POST");
                assertThat(span.span().getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
                assertThat(span.attribute("messaging.destination.name")).isEqualTo(topic);
                assertThat(span.attribute("server.address")).isEqualTo("127.0.0.1");
            });
            assertThat(spans)
                    .extracting(span -> span.attribute("http.response.status_code"))
                    .containsExactly("503", "204");
            assertThat(spans)
                    .extracting(span -> span.attribute("http.request.resend_count"))
                    .containsExactly("0", "1");
            assertThat(spans)
                    .extracting(span -> span.span().getStatus().getCode())
                    .containsExactly(Status.StatusCode.STATUS_CODE_ERROR, Status.StatusCode.STATUS_CODE_UNSET);
            assertThat(collector.trace(UNSAMPLED)).isEmpty();
            assertThat(collector.holds("of-the-receiver")).isFalse();
        }
    }

    private static void send(String topic, String body, String parent) {
        BROKER.send(topic, 0, "k", body.getBytes(UTF_8), "traceparent", parent);
    }

    private static void awaitDelivered(String topic, Receiver receiver) {
        await().atMost(SOON).until(() -> {
            if (receiver.bodies().isEmpty()) {
                BROKER.send(topic, 0, "probe", "probe".getBytes(UTF_8));
            }
            return !receiver.bodies().isEmpty();
        });
    }
}
