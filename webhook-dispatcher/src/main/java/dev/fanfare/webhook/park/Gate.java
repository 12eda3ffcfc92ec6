package dev.fanfare.webhook.park;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.MessageId;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.lane.KeyGate;
import dev.fanfare.webhook.store.OrderKey;
import dev.fanfare.webhook.store.Parked;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;

/// The keys whose earlier events are parked, for endpoints that want their events in order. Only the node that reads a
/// partition parks its events; who works off the shard takes rows away. So a key is shut at once by who parks, and
/// opened when the store has no row of it any more.
///
/// A key of which nothing was parked for longer than its endpoint lets an event hold up others is open, though rows
/// remain.
///
/// Threads: any; [#refresh] by one.
public final class Gate implements KeyGate {
    private final Parked parked;
    private final Registry registry;
    private final InstantSource clock;
    private final Map<OrderKey, Shut> keys = new ConcurrentHashMap<>();

    /// A key that is shut: since when, and which of its jobs are on their way into the store.
    private static final class Shut {
        private volatile long since; // the last job that was parked, ms since 1970

        @GuardedBy("this")
        private final ArrayDeque<Job> unwritten = new ArrayDeque<>(); // in the journal's order

        @GuardedBy("this")
        private long parked; // by this node

        private Shut(long since) {
            this.since = since;
        }

        private synchronized Shut add(Job job, long now) {
            prune();
            since = now;
            unwritten.add(job);
            parked++;
            return this;
        }

        @GuardedBy("this")
        private void prune() {
            while (!unwritten.isEmpty() && unwritten.getFirst().isOnRecord()) {
                unwritten.removeFirst();
            }
        }

        private synchronized boolean isWritten() {
            prune();
            return unwritten.isEmpty();
        }

        private synchronized long parked() {
            return parked;
        }

        private synchronized boolean isUnwrittenBefore(MessageId message) {
            prune();
            return unwritten.stream()
                    .map(job -> job.message().id())
                    .anyMatch(one -> one.offset() < message.offset()
                            && one.partition() == message.partition()
                            && one.topicId().equals(message.topicId()));
        }
    }

    public Gate(Parked parked, Registry registry, InstantSource clock) {
        this.parked = parked;
        this.registry = registry;
        this.clock = clock;
    }

    @Override
    public boolean isBlocked(EndpointId endpoint, String key) {
        if (keys.isEmpty()) {
            return false;
        }
        var shut = keys.get(OrderKey.of(endpoint, key));
        return shut != null
                && registry.find(endpoint)
                        .filter(one -> clock.millis() - shut.since
                                < one.settings().blockMax().toMillis())
                        .isPresent();
    }

    /// Later events of the job's key wait from now on; not for a replayed one, which has had its turn.
    public void shut(Job job, Endpoint endpoint) {
        if (endpoint.settings().ordering() == Ordering.KEY && job.trigger() != Trigger.REPLAY) {
            OrderKey.of(endpoint, job.message())
                    .ifPresent(key -> keys.compute(
                            key,
                            (_, shut) -> (shut == null ? new Shut(clock.millis()) : shut).add(job, clock.millis())));
        }
    }

    /// Whether an earlier event of the key is about to be parked, so that the store does not show yet that a parked
    /// one has to wait.
    boolean isOvertaking(OrderKey key, MessageId message) {
        var shut = keys.get(key);
        return shut != null && shut.isUnwrittenBefore(message);
    }

    /// Before a partition is read: what is parked of it.
    ///
    /// @throws RuntimeException while the store is away
    public void load(Uuid topicId, int partition) {
        for (var key : parked.blocked(topicId, partition)) {
            keys.putIfAbsent(key, new Shut(clock.millis()));
        }
    }

    /// Opens keys of which nothing is parked any more.
    ///
    /// @throws RuntimeException while the store is away
    void refresh() {
        var written = new HashMap<OrderKey, Long>();
        keys.forEach((key, shut) -> {
            long count = shut.parked(); // before the look: what is parked after it counts
            if (shut.isWritten()) {
                written.put(key, count);
            }
        });
        if (written.isEmpty()) {
            return;
        }
        parked.blocked(written.keySet()).forEach(written::remove);
        written.forEach((key, count) -> keys.computeIfPresent(key, (_, shut) -> shut.parked() == count ? null : shut));
    }
}
