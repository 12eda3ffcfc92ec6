package dev.fanfare.gateway.transport;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.channel.Batch;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.FeedEvent;
import dev.fanfare.gateway.channel.Signaller;
import dev.fanfare.gateway.channel.TestEvents;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.EventNaming;
import dev.fanfare.gateway.protocol.Format;
import dev.fanfare.gateway.protocol.MessageForm;
import dev.fanfare.gateway.protocol.PollForm;
import dev.fanfare.gateway.protocol.SseForm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// From an event to the bytes that go on the wire: made once per event and form, then found by each session.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {
    private static final ChannelName CHANNEL = new ChannelName("orders.42");
    private static final int DEFLATE_MIN = 64;

    /// What reads it.
    public enum Reader {
        SSE,
        WS,
        WS_DEFLATED,
        POLL;

        EventForm form(Format format) {
            return switch (this) {
                case SSE -> SseForm.of(format, EventNaming.NONE);
                case WS -> new FramedForm(MessageForm.of(format), false, DEFLATE_MIN);
                case WS_DEFLATED -> new FramedForm(MessageForm.of(format), true, DEFLATE_MIN);
                case POLL -> PollForm.of(format);
            };
        }
    }

    @Param
    public Reader reader = Reader.SSE;

    @Param
    public Format format = Format.DATA;

    /// Of the event's data, which is text.
    @Param("200")
    public int bytes;

    private EventForm form;
    private Event event;
    private byte[] cursor;
    private Channels channels;
    private FeedEvent kept;

    @Setup
    public void prepare() {
        form = reader.form(format);
        event = TestEvents.event("orders", 3, 1_234_567, "x".repeat(bytes));
        var topology = Topology.EMPTY.with("orders", Uuid.ONE_UUID, 12);
        try (var signaller = new Signaller()) {
            channels = new Channels(1 << 20, 10, Duration.ofHours(1), signaller);
            var log = channels.subscribe(ChannelPattern.parse(CHANNEL.value()), () -> {})
                    .log();
            var batch = new Batch(channels.head(), topology, System.currentTimeMillis());
            batch.add(3, 0, event, List.of(CHANNEL));
            batch.endPartition(3, event.offset() + 1, 0);
            channels.append(batch, System.nanoTime());
            var found = new ArrayList<FeedEvent>();
            log.collect(0, Long.MAX_VALUE, 1, found);
            kept = found.getFirst();
        }
        cursor = kept.cursor();
    }

    /// The first session that wants the form.
    @Benchmark
    public byte[] first() {
        return form.event(event, CHANNEL, cursor);
    }

    /// Each further one.
    @Benchmark
    public byte[] further() {
        return kept.encoded(form, CHANNEL, channels.encodings());
    }
}
