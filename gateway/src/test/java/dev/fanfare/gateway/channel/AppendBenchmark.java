package dev.fanfare.gateway.channel;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import java.time.Duration;
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
import org.openjdk.jmh.annotations.TearDown;

/// What the feed does with an event, beside as many patterns that others subscribe to: a batch of this one event is
/// appended, and an old one evicted. Without telling sessions, of which there are none.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AppendBenchmark {
    private static final int BYTES_MAX = 1 << 20; // some 1,700 events
    private static final String DATA = "x".repeat(200);
    private static final List<ChannelName> LISTENED_TO = List.of(new ChannelName("orders.0.new"));
    private static final List<ChannelName> KNOWN = List.of(new ChannelName("payments.0.new"));

    @Param({"1", "100", "10000"})
    public int patterns;

    private final Topology topology = Topology.EMPTY.with("orders", Uuid.ONE_UUID, 1);
    private Signaller signaller;
    private Channels channels;
    private long offset;

    @Setup
    public void prepare() {
        signaller = new Signaller();
        channels = new Channels(BYTES_MAX, 1000, Duration.ofHours(1), signaller);
        for (int n = 0; n < patterns; n++) {
            channels.subscribe(ChannelPattern.parse("orders." + n + ".*"), () -> {});
        }
    }

    @TearDown
    public void close() {
        signaller.close();
    }

    /// To a channel that one of the patterns matches.
    @Benchmark
    public void listenedTo() {
        append(LISTENED_TO);
    }

    /// To a channel that nobody listens to, and that was seen before.
    @Benchmark
    public void nobodyListens() {
        append(KNOWN);
    }

    /// To a channel that nobody listens to, and that was not seen before.
    @Benchmark
    public void newChannel() {
        append(List.of(new ChannelName("payments." + offset + ".new")));
    }

    private void append(List<ChannelName> names) {
        var batch = new Batch(channels.head(), topology, System.currentTimeMillis());
        batch.add(0, 0, TestEvents.event("orders", 0, offset++, DATA), names);
        batch.endPartition(0, offset, 0);
        channels.append(batch, System.nanoTime());
    }
}
