package dev.fanfare.load.bench;

import dev.fanfare.load.client.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One run of the load tool.
///
/// @param scenario of the tool; with [#QUIET] nothing is published
/// @param perSecond events on all channels together
/// @param more options
record Load(
        String scenario,
        Transport transport,
        int sessions,
        int channels,
        double perSecond,
        Duration warmUp,
        Duration duration,
        List<String> more) {
    static final String QUIET = "quiet";

    /// Sessions per second.
    static final int CONNECT_RATE = 5000;

    private static final int BYTES = 200;

    /// Events to all sessions.
    static Load fanout(
            Transport transport, int sessions, int channels, double perSecond, Duration warmUp, Duration duration) {
        return new Load("fanout", transport, sessions, channels, perSecond, warmUp, duration, List.of());
    }

    Load with(int others) {
        return new Load(scenario, transport, others, channels, perSecond, warmUp, duration, more);
    }

    Load at(double rate) {
        return new Load(scenario, transport, sessions, channels, rate, warmUp, duration, more);
    }

    /// Whether sessions leave and come back behind their cursors.
    boolean returns() {
        return scenario.equals("replay") || scenario.equals("storm");
    }

    /// The same for so long, unless it is a matter of events rather than of time.
    Load atLeast(Duration time) {
        boolean longer = scenario.equals("fanout") && warmUp.isPositive() && time.compareTo(duration) > 0;
        return longer ? new Load(scenario, transport, sessions, channels, perSecond, warmUp, time, more) : this;
    }

    /// All deliveries of the measured time, by its length.
    double deliveriesPerSecond() {
        return events() * (double) sessions / channels / seconds(duration);
    }

    /// Of the measured time, as the tool's schedule has them: from 0 on, whole ones only.
    long events() {
        long first = (long) Math.ceil(seconds(warmUp) * perSecond - 1e-6);
        long end = (long) Math.floor((seconds(warmUp) + seconds(duration)) * perSecond + 1e-6);
        return Math.max(1, end - first);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /// The options that are the same for every server.
    List<String> arguments() {
        return arguments(CONNECT_RATE);
    }

    /// @param connectRate sessions per second that a server takes, unless that is what is measured
    List<String> arguments(int connectRate) {
        var all = new ArrayList<String>();
        all.addAll(List.of("--sessions", Integer.toString(sessions), "--channels", Integer.toString(channels)));
        all.addAll(List.of("--rate", String.format(Locale.ROOT, "%.4f", perSecond)));
        all.addAll(List.of("--bytes", Integer.toString(BYTES), "--transports", transport.label()));
        all.addAll(List.of("--warm-up", warmUp.toString(), "--duration", duration.toString(), "--json"));
        if (!more.contains("--connect-rate")) {
            all.addAll(List.of("--connect-rate", Integer.toString(connectRate)));
        }
        all.addAll(more);
        return all;
    }
}
