package dev.fanfare.webhook.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;

/// Which shards' parked deliveries this node works off. A lease that is not renewed runs out by the database's clock,
/// and with each change of owner the shard's epoch grows, which the journal compares before it touches a row: who has
/// lost a lease without knowing changes nothing any more.
///
/// Threads: one at a time.
public final class Leases {
    private static final int NODES_KEPT_TTLS = 100;

    /// What a node has.
    ///
    /// @param epochs by shard
    /// @param untilNanos as [System#nanoTime] counts: no call may begin that could last longer
    /// @param fairShare shards a node should have. Who has more stops loading from some, waits until nothing is in
    ///     flight there, and [Leases#release]s them
    public record Held(Map<Integer, Long> epochs, long untilNanos, int fairShare) {
        public Held {
            epochs = Map.copyOf(epochs);
        }
    }

    private record Lease(int shard, String owner, long epoch, Instant expiresAt) {}

    private final Database database;
    private final String node;
    private final Duration ttl;

    /// Of one node.
    ///
    /// @param node this process, unlike any other before it
    /// @param ttl of a lease, several times as long as the pause between renewals
    public Leases(Database database, String node, Duration ttl) {
        this.database = database;
        this.node = node;
        this.ttl = ttl;
    }

    /// Says that this node is alive, renews what it has, and takes free shards up to its fair share.
    public Held acquire() {
        return round(true);
    }

    /// The same, but takes no more.
    public Held renew() {
        return round(false);
    }

    /// Gives those up at once; others may take them.
    public void release(Collection<Integer> shards) {
        database.jdbi().useTransaction(handle -> {
            for (var shard : new TreeSet<>(shards)) {
                handle.execute("update shard_lease set owner = '' where shard = ? and owner = ?", shard, node);
            }
        });
    }

    /// Gives everything up: this node stops.
    public void leave() {
        database.jdbi().useTransaction(handle -> {
            handle.execute("update shard_lease set owner = '' where owner = ?", node);
            handle.execute("delete from node where id = ?", node);
        });
    }

    private Held round(boolean more) {
        long until = System.nanoTime() + ttl.toNanos();
        return database.jdbi().inTransaction(handle -> {
            var now = Clock.now(handle);
            int fair = fairShare(handle, now);
            // in the order of shards, as the journal locks them
            var leases = handle.createQuery(
                            "select shard, owner, epoch, expires_at from shard_lease order by shard for update")
                    .map((row, context) -> new Lease(
                            row.getInt("shard"),
                            row.getString("owner"),
                            row.getLong("epoch"),
                            context.findColumnMapperFor(Instant.class)
                                    .orElseThrow()
                                    .map(row, "expires_at", context)))
                    .list();
            return new Held(take(handle, leases, now, more ? fair : 0), until, fair);
        });
    }

    private Map<Integer, Long> take(Handle handle, List<Lease> leases, Instant now, int most) {
        var held = new HashMap<Integer, Long>();
        for (var lease : leases) {
            if (lease.owner.equals(node) && lease.expiresAt.isAfter(now)) {
                held.put(lease.shard, lease.epoch);
            }
        }
        for (var lease : leases) {
            var free = lease.owner.isEmpty() || !lease.expiresAt.isAfter(now);
            if (free && held.size() < most) {
                held.put(lease.shard, lease.epoch + 1);
            }
        }
        if (held.isEmpty()) {
            return held;
        }
        try (var batch =
                handle.prepareBatch("update shard_lease set owner = ?, epoch = ?, expires_at = ? where shard = ?")) {
            held.forEach((shard, epoch) -> batch.bind(0, node)
                    .bind(1, epoch)
                    .bind(2, now.plus(ttl))
                    .bind(3, shard)
                    .add());
            batch.execute();
        }
        return held;
    }

    private int fairShare(Handle handle, Instant now) {
        if (handle.execute("update node set seen_at = ? where id = ?", now, node) == 0) {
            handle.execute("insert into node (id, seen_at) values (?, ?) on conflict do nothing", node, now);
        }
        handle.execute("delete from node where seen_at < ?", now.minus(ttl.multipliedBy(NODES_KEPT_TTLS)));
        int nodes = handle.createQuery("select count(*) from node where seen_at > ?")
                .bind(0, now.minus(ttl))
                .mapTo(Integer.class)
                .one();
        return Math.ceilDiv(Shards.COUNT, Math.max(1, nodes));
    }

    /// Nodes that are alive, this one included if it has said so: rates are shared among them.
    public int liveNodes() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from node where seen_at > ?")
                        .bind(0, Clock.now(handle).minus(ttl))
                        .mapTo(Integer.class)
                        .one());
    }
}
