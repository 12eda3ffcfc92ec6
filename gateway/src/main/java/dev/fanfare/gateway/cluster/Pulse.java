package dev.fanfare.gateway.cluster;

import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.gateway.session.Transport;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumMap;
import java.util.function.Supplier;

/// Takes down how this node is doing as a whole. Each start of a node is another run, with a name that no other has.
/// Thread-safe.
public final class Pulse {
    private static final long RATE_NANOS = Duration.ofSeconds(1).toNanos(); // no rates over less

    private final String run = newRun();
    private final String node;
    private final Sessions sessions;
    private final Supplier<Node> about;
    private long sinceNanos = System.nanoTime();
    private long deliveries;
    private long events;
    private long deliveriesPerSecond;
    private long eventsPerSecond;

    /// @param node what operators call this one
    /// @param about what it says of itself now
    public Pulse(String node, Sessions sessions, Supplier<Node> about) {
        this.node = node;
        this.sessions = sessions;
        this.about = about;
    }

    private static String newRun() {
        var bytes = new byte[9];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    String run() {
        return run;
    }

    /// How it is doing now. Rates are since this was asked before, a second ago or longer.
    public synchronized Bulletin take() {
        var now = about.get();
        rate(sessions.metrics().delivered.sum(), now.eventsIn());
        var counts = new EnumMap<Transport, Integer>(Transport.class);
        for (var transport : Transport.values()) {
            counts.put(transport, (int) sessions.count(transport));
        }
        return new Bulletin(
                node,
                now.version(),
                now.ready(),
                now.overloadLevel(),
                counts,
                deliveriesPerSecond,
                eventsPerSecond,
                now.feedLag());
    }

    private void rate(long delivered, long read) {
        long now = System.nanoTime();
        if (now - sinceNanos >= RATE_NANOS) {
            double seconds = (now - sinceNanos) / 1e9;
            deliveriesPerSecond = Math.round((delivered - deliveries) / seconds);
            eventsPerSecond = Math.round((read - events) / seconds);
            deliveries = delivered;
            events = read;
            sinceNanos = now;
        }
    }
}
