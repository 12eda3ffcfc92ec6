package dev.fanfare.gateway.trace;

import dev.fanfare.gateway.channel.FeedEvent;
import dev.fanfare.service.trace.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Spans of events: `process TOPIC` for each that is sampled, a child of its producer's, from the record in hand to
/// all its logs; and `deliver TRANSPORT` for writes that it is in, of its first [#DELIVERIES_MAX] sessions, a child of
/// the first event's, with a link to each.
///
/// Which events are sampled is remembered in a ring by their sequence number. So neither events nor sessions have
/// anything for it, and where nothing is traced it costs a look at a null for each batch and each write.
///
/// Threads: the feed adds events, any drain asks.
public final class EventTracing {
    /// Of one event, that get a span.
    public static final int DELIVERIES_MAX = 16;

    private static final int REMEMBERED = 4096; // a power of 2

    private final Tracer tracer;
    private final AtomicReferenceArray<@Nullable Sampled> recent = new AtomicReferenceArray<>(REMEMBERED);
    private final Map<Object, Write> writes = new ConcurrentHashMap<>(); // under way, of sampled events

    /// @param left spans of deliveries that there may be
    private record Sampled(long seq, Span span, AtomicInteger left) {}

    /// Owned by the session's drain.
    private record Write(String transport, String session, Instant begin, List<Span> events) {}

    public EventTracing(Tracing tracing) {
        this.tracer = tracing.tracer();
    }

    /// Has a batch appended, and makes its events' spans. Feed thread only.
    ///
    /// @param polled when Kafka gave the records
    public void append(List<FeedEvent> events, Instant polled, Runnable append) {
        var begun = new ArrayList<Span>();
        for (var event : events) {
            var span = begin(event, polled);
            if (span.getSpanContext().isSampled()) {
                begun.add(span);
                recent.set(place(event.seq()), new Sampled(event.seq(), span, new AtomicInteger(DELIVERIES_MAX)));
            }
        }
        try {
            append.run();
        } finally {
            begun.forEach(Span::end);
        }
    }

    private Span begin(FeedEvent of, Instant polled) {
        var event = of.event();
        return tracer.spanBuilder("process " + event.topic())
                .setSpanKind(SpanKind.CONSUMER)
                .setParent(Tracing.parent(event.extensions()))
                .setStartTimestamp(polled)
                .setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.name", "process")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", event.topic())
                .setAttribute("messaging.destination.partition.id", Integer.toString(event.partition()))
                .setAttribute("messaging.kafka.offset", event.offset())
                .setAttribute("messaging.message.id", event.id())
                .setAttribute("messaging.message.body.size", event.dataLength())
                .setAttribute("fanfare.channels", of.channels().size())
                .startSpan();
    }

    private static int place(long seq) {
        return (int) (seq & (REMEMBERED - 1));
    }

    /// An event is in what a session will write next.
    ///
    /// @param writer the session
    /// @param transport its transport
    /// @param session its id
    public void taken(Object writer, String transport, String session, FeedEvent event) {
        var sampled = recent.get(place(event.seq()));
        if (sampled != null && sampled.seq() == event.seq() && sampled.left().getAndDecrement() > 0) {
            writes.computeIfAbsent(writer, _ -> new Write(transport, session, Instant.now(), new ArrayList<>()))
                    .events()
                    .add(sampled.span());
        }
    }

    /// What a session took is written: the operating system has it.
    public void written(Object writer) {
        if (!writes.isEmpty()) {
            end(writer, null);
        }
    }

    /// A session is over; what it took and did not write was not delivered by it.
    public void ended(Object writer, String reason) {
        end(writer, reason);
    }

    private void end(Object writer, @Nullable String failure) {
        var write = writes.remove(writer);
        if (write == null) {
            return;
        }
        var span = tracer.spanBuilder("deliver " + write.transport())
                .setSpanKind(SpanKind.PRODUCER)
                .setParent(Context.root().with(write.events().getFirst()))
                .setStartTimestamp(write.begin())
                .setAttribute("fanfare.transport", write.transport())
                .setAttribute("session.id", write.session())
                .setAttribute("messaging.operation.name", "deliver")
                .setAttribute("messaging.operation.type", "send")
                .setAttribute("messaging.batch.message_count", write.events().size());
        write.events().forEach(event -> span.addLink(event.getSpanContext()));
        var made = span.startSpan();
        if (failure != null) {
            made.setAttribute("error.type", failure).setStatus(StatusCode.ERROR);
        }
        made.end();
    }
}
