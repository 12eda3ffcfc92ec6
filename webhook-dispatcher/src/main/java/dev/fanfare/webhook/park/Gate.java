package dev.fanfare.webhook.park;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.lane.KeyGate;
import dev.fanfare.webhook.store.OrderKey;
import dev.fanfare.webhook.store.Parked;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// The keys whose earlier events are parked, for endpoints that want their events in order. Only the node that reads a
/// partition parks its events; who works off the shard takes rows away. So a key is shut at once by who parks, and
/// opened
/// when the store has no row of it any more.
///
/// A key that has been shut for longer than its endpoint lets an event hold up others is open, though rows remain.
///
/// Threads: any; [#refresh] by one.
public final class Gate implements KeyGate {
    private final Parked parked;
    private final Registry registry;
    private final InstantSource clock;
    private final Map<OrderKey, Shut> keys = new ConcurrentHashMap<>();

    /// @param last the one that was parked last by this node; null if the row was there before
    /// @param since ms since 1970
    private record Shut(@Nullable Job last, long since) {}

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

    /// Later events of the job's key wait from now on.
    public void shut(Job job, Endpoint endpoint) {
        if (endpoint.settings().ordering() == Ordering.KEY) {
            OrderKey.of(endpoint, job.message())
                    .ifPresent(key -> keys.merge(
                            key, new Shut(job, clock.millis()), (old, now) -> new Shut(now.last, old.since)));
        }
    }

    /// Before a partition is read: what is parked of it.
    ///
    /// @throws RuntimeException while the store is away
    public void load(Uuid topicId, int partition) {
        for (var key : parked.blocked(topicId, partition)) {
            keys.putIfAbsent(key, new Shut(null, clock.millis()));
        }
    }

    /// Opens keys of which nothing is parked any more.
    ///
    /// @throws RuntimeException while the store is away
    void refresh() {
        var written = new HashMap<OrderKey, Shut>();
        keys.forEach((key, shut) -> {
            if (shut.last == null || shut.last.row().isPresent()) {
                written.put(key, shut); // else the row may not be there yet
            }
        });
        if (written.isEmpty()) {
            return;
        }
        parked.blocked(written.keySet()).forEach(written::remove);
        written.forEach(keys::remove);
    }
}
