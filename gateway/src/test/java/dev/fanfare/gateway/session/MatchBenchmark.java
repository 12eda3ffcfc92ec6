package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Signaller;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.protocol.EventNaming;
import dev.fanfare.gateway.protocol.Format;
import dev.fanfare.gateway.protocol.SseForm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// An event's channel against the subscriptions of one session, which a drain does for each event that it delivers.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MatchBenchmark {
    private static final List<ChannelName> NONE = List.of(new ChannelName("payments.eu.1"));

    @Param({"1", "100", "10000"})
    public int subscriptions;

    /// With `#` for a number.
    @Param({"orders.#", "orders.*.#", "orders.#.**"})
    public String shape = "";

    private Interests interests;
    private List<ChannelName> last;

    @Setup
    public void prepare() {
        try (var signaller = new Signaller()) {
            var channels = new Channels(1 << 20, 10, Duration.ofHours(1), signaller);
            var sessions = new Sessions(channels, new Log(1), new SessionMetrics(), 1, 1);
            var options = SessionOptions.of(
                    Transport.SSE,
                    Duration.ofHours(1),
                    Duration.ZERO,
                    GatewaySettings.Session.DEFAULT,
                    GatewaySettings.Replay.DEFAULT);
            interests = new Session(
                            sessions, options, new Discard(SseForm.of(Format.DATA, EventNaming.NONE), new Semaphore(0)))
                    .interests();
            for (int n = 0; n < subscriptions; n++) {
                interests.add(ChannelPattern.parse(shape.replace("#", Integer.toString(n))), Terms.USUAL);
            }
        }
        var name = shape.replace("#", Integer.toString(subscriptions - 1));
        last = List.of(new ChannelName(name.replace("**", "new").replace("*", "eu")));
    }

    /// The subscription that was made last is the one.
    @Benchmark
    public @Nullable ChannelName last() {
        return interests.match(last);
    }

    /// No subscription is.
    @Benchmark
    public @Nullable ChannelName none() {
        return interests.match(NONE);
    }
}
