package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.Batch;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Signaller;
import dev.fanfare.gateway.channel.TestEvents;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.protocol.EventNaming;
import dev.fanfare.gateway.protocol.Format;
import dev.fanfare.gateway.protocol.SseForm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// From the feed to each session's write, which goes nowhere: events are appended to one channel, the signallers tell
/// its sessions, and their drains take the events. The time is until all sessions have all of them.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SignalBenchmark {
    private static final Duration LONG = Duration.ofHours(1);
    private static final String DATA = "x".repeat(200);
    private static final List<ChannelName> CHANNEL = List.of(new ChannelName("orders.42"));
    private static final GatewaySettings.Session LIMITS = new GatewaySettings.Session(
            LONG, LONG, LONG, LONG, LONG, Duration.ZERO, 10, 1 << 20, 64 * 1024, PolicySettings.DEFAULT);
    private static final GatewaySettings.Replay REPLAY =
            new GatewaySettings.Replay(1, 4, 1000, 1 << 20, LONG, 1_000_000, 1 << 20, Duration.ofSeconds(1));

    @Param({"1", "100", "9000"})
    public int sessions;

    /// Events that are appended together, and so found by one drain.
    @Param({"1", "10"})
    public int events;

    /// Of so many events what becomes of one is recorded; 0: of none.
    @Param("0")
    public int recordOneIn;

    private final Semaphore taken = new Semaphore(0);
    private final Log kafka = new Log(1);
    private Signaller signaller;
    private Channels channels;
    private Sessions all;
    private long offset;

    @Setup
    public void prepare() {
        signaller = new Signaller();
        channels = new Channels(16 << 20, 1000, LONG, signaller);
        all = new Sessions(channels, kafka, new SessionMetrics(), 1, 1 << 20);
        new Recorder(all).sample(recordOneIn);
        var form = SseForm.of(Format.DATA, EventNaming.NONE);
        var pattern = List.of(ChannelPattern.parse("orders.42"));
        for (int n = 0; n < sessions; n++) {
            var options = SessionOptions.of(Transport.SSE, LONG, Duration.ZERO, LIMITS, REPLAY);
            all.open(new Discard(form, taken), options, pattern, new Start.Live(), false);
        }
    }

    @TearDown
    public void close() {
        all.close();
        signaller.close();
    }

    @Benchmark
    public void signal() throws InterruptedException {
        var batch = new Batch(channels.head(), kafka.topology, System.currentTimeMillis());
        for (int n = 0; n < events; n++) {
            batch.add(0, 0, TestEvents.event("t", 0, offset++, DATA), CHANNEL);
        }
        batch.endPartition(0, offset, 0);
        channels.append(batch, System.nanoTime());
        taken.acquire(sessions * events);
    }
}
