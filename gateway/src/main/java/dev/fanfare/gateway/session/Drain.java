package dev.fanfare.gateway.session;

import dev.fanfare.gateway.protocol.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// Sends sessions away one after the other, so that their clients do not all come to the other nodes at once: the time
/// is cut into as many parts as there are sessions, and in each part one of them ends, at a random moment.
public final class Drain {
    private final Sessions sessions;
    private final LongSupplier nanos;

    /// @param nanos a clock such as [System#nanoTime]
    public Drain(Sessions sessions, LongSupplier nanos) {
        this.sessions = sessions;
        this.nanos = nanos;
    }

    /// Ends sessions, in random order, over this time or until none at all is left. Those that end have perhaps not
    /// said goodbye yet when this returns.
    public void over(Duration time, Collection<Session> leaving, CloseReason reason) throws InterruptedException {
        var random = ThreadLocalRandom.current();
        var open = new ArrayList<Session>(leaving);
        Collections.shuffle(open, random);
        long begin = nanos.getAsLong();
        for (int i = 0; i < open.size() && !sessions.all().isEmpty(); i++) {
            long wait = begin + moment(i, open.size(), time.toNanos(), random) - nanos.getAsLong();
            if (wait > 0) {
                Thread.sleep(Duration.ofNanos(wait));
            }
            open.get(i).end(reason);
        }
    }

    /// When the i-th of `count` goes, from the beginning on: not before the one before it.
    static long moment(int i, int count, long overNanos, RandomGenerator random) {
        return (long) (overNanos * ((i + random.nextDouble()) / count));
    }
}
