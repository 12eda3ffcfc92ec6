package dev.fanfare.gateway.publish;

import dev.fanfare.service.http.ProblemException;
import dev.fanfare.service.trace.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A span for each request that publishes, a child of the request's `traceparent`, and the parent of what happens to
/// its events: their records carry it, unless an event has a trace of its own. Thread-safe.
public final class PublishTracing {
    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";

    private final Tracer tracer;
    private final String topic;

    public PublishTracing(Tracing tracing, String topic) {
        this.tracer = tracing.tracer();
        this.topic = topic;
    }

    /// Publishes, as [Publisher#publish].
    public List<Receipt> publish(
            Publisher publisher, PublishRequest request, List<Outgoing> outgoing, @Nullable String idempotencyKey) {
        var given = given(request);
        var span = tracer.spanBuilder("send " + topic)
                .setSpanKind(SpanKind.PRODUCER)
                .setParent(Tracing.parent(given))
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.name", "send")
                .setAttribute("messaging.operation.type", "send")
                .setAttribute("messaging.destination.name", topic)
                .setAttribute("messaging.batch.message_count", outgoing.size())
                .startSpan();
        try {
            // what nobody has asked to be traced, and is not, travels without a word about it
            boolean carries = !given.isEmpty() || span.getSpanContext().isSampled();
            return publisher.publish(carries ? carrying(span, outgoing) : outgoing, idempotencyKey);
        } catch (ProblemException refused) {
            span.setAttribute("error.type", refused.code().code()).setStatus(StatusCode.ERROR);
            throw refused;
        } finally {
            span.end();
        }
    }

    private static Map<String, String> given(PublishRequest request) {
        var given = new HashMap<String, String>();
        for (var header : PublishRequests.trace(request)) {
            given.put(header.name(), header.value());
        }
        return given;
    }

    private static List<Outgoing> carrying(Span span, List<Outgoing> outgoing) {
        var trace = Tracing.headers(span);
        return outgoing.stream().map(event -> carrying(trace, event)).toList();
    }

    private static Outgoing carrying(Map<String, String> trace, Outgoing event) {
        var headers = new ArrayList<Outgoing.Header>(event.headers().size() + 2);
        for (var header : event.headers()) {
            if (header.name().equals("ce_" + PARENT)) {
                return event;
            }
            if (!header.name().equals(PARENT) && !header.name().equals(STATE)) {
                headers.add(header);
            }
        }
        trace.forEach((name, value) -> headers.add(new Outgoing.Header(name, value)));
        return new Outgoing(event.key(), event.value(), headers, event.id(), event.source());
    }
}
