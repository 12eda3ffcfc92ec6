package dev.fanfare.webhook.dispatch;

import dev.fanfare.service.trace.Tracing;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.endpoint.Endpoint;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A span for each call of an endpoint, a child of the context that the event came with; of a batch, of its first
/// event's, with a link to those of the others. The receiver gets the span's own `traceparent`. No URL and no header is
/// in it: both may hold secrets. Thread-safe.
public final class AttemptTracing {
    private final Tracer tracer;

    public AttemptTracing(Tracing tracing) {
        this.tracer = tracing.tracer();
    }

    Span begin(List<Job> jobs, Endpoint endpoint, Instant at) {
        var job = jobs.getFirst();
        var event = job.message().event();
        var url = endpoint.settings().url();
        var span = tracer.spanBuilder("POST")
                .setSpanKind(SpanKind.CLIENT)
                .setParent(Tracing.parent(event.extensions()))
                .setStartTimestamp(at)
                .setAttribute("http.request.method", "POST")
                .setAttribute("url.scheme", url.getScheme())
                .setAttribute("server.address", url.getHost())
                .setAttribute("http.request.resend_count", job.attempt() - 1)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.name", "deliver")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", event.topic())
                .setAttribute("messaging.destination.partition.id", Integer.toString(event.partition()))
                .setAttribute("messaging.kafka.offset", event.offset())
                .setAttribute("messaging.message.id", job.message().id().toString())
                .setAttribute("messaging.batch.message_count", jobs.size())
                .setAttribute("fanfare.endpoint", job.endpoint().toString())
                .setAttribute("fanfare.trigger", job.trigger().code());
        if (url.getPort() > 0) {
            span.setAttribute("server.port", url.getPort());
        }
        for (var other : jobs.subList(1, jobs.size())) {
            var context = Span.fromContext(
                            Tracing.parent(other.message().event().extensions()))
                    .getSpanContext();
            if (context.isValid()) {
                span.addLink(context);
            }
        }
        return span.startSpan();
    }

    /// What the receiver is told of the call.
    ///
    /// @param headers as they would be without it
    void tell(Span span, Map<String, String> headers) {
        if (headers.containsKey("traceparent") || span.getSpanContext().isSampled()) {
            headers.remove("traceparent");
            headers.remove("tracestate");
            headers.putAll(Tracing.headers(span));
        }
    }

    void end(Span span, Result result) {
        if (result.status() > 0) {
            span.setAttribute("http.response.status_code", result.status());
        }
        if (result.reason() != Reason.DELIVERED) {
            span.setAttribute("error.type", result.reason().code()).setStatus(StatusCode.ERROR);
        }
        span.end();
    }
}
