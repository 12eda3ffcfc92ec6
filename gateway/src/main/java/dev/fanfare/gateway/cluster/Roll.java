package dev.fanfare.gateway.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Who is on which channel of which node, as all nodes have told. A node of which nothing was heard for its lease does
/// not count until something is. Thread-safe.
final class Roll {
    private static final int ENTRIES_MAX = 1_000_000; // some 200 MB
    private static final int FORGOTTEN = 10; // leases without a word

    private final Map<String, Known> nodes = new HashMap<>();
    private int entries;

    private static final class Known {
        long leaseNanos;
        long heardNanos;

        @Nullable
        Bulletin told; // null: nothing yet but who is on its channels

        final Map<String, Here> channels = new HashMap<>();

        boolean isThere(long nowNanos) {
            return nowNanos - heardNanos <= leaseNanos;
        }
    }

    /// A node says that it is there.
    ///
    /// @param whenNanos ([System#nanoTime]) it did
    synchronized void heard(String run, Bulletin told, Duration lease, long whenNanos) {
        heard(run, lease, whenNanos).told = told;
    }

    private Known heard(String run, Duration lease, long whenNanos) {
        var node = nodes.computeIfAbsent(run, _ -> new Known());
        node.leaseNanos = lease.toNanos();
        node.heardNanos = whenNanos;
        return node;
    }

    /// A node tells of a channel.
    ///
    /// @return false if there is no room for it
    synchronized boolean put(String run, String channel, Here here, Duration lease, long whenNanos) {
        var node = nodes.get(run);
        if (node == null) {
            node = heard(run, lease, whenNanos);
        }
        if (entries >= ENTRIES_MAX && !node.channels.containsKey(channel)) {
            return false;
        }
        entries += node.channels.put(channel, here) == null ? 1 : 0;
        return true;
    }

    /// A node tells that nobody is on a channel any more.
    synchronized void remove(String run, String channel) {
        var node = nodes.get(run);
        if (node != null && node.channels.remove(channel) != null) {
            entries--;
        }
    }

    /// A node has gone.
    synchronized void remove(String run) {
        var node = nodes.remove(run);
        if (node != null) {
            entries -= node.channels.size();
        }
    }

    /// Who is on a channel, on all nodes that are there.
    synchronized Here of(String channel, long nowNanos) {
        var all = Here.NOBODY;
        for (var node : nodes.values()) {
            var here = node.isThere(nowNanos) ? node.channels.get(channel) : null;
            all = here == null ? all : all.and(here);
        }
        return all;
    }

    /// Nodes that are there.
    synchronized int present(long nowNanos) {
        return (int)
                nodes.values().stream().filter(node -> node.isThere(nowNanos)).count();
    }

    /// The nodes that are there, and have told how they are doing.
    ///
    /// @param own the run of the one that asks
    synchronized List<Nodes.Seen> told(String own, long nowNanos) {
        var seen = new ArrayList<Nodes.Seen>();
        nodes.forEach((run, node) -> {
            if (node.told != null && node.isThere(nowNanos)) {
                long ago = TimeUnit.NANOSECONDS.toMillis(Math.max(0, nowNanos - node.heardNanos));
                seen.add(new Nodes.Seen(run, run.equals(own), ago, node.told));
            }
        });
        return seen;
    }

    /// Whether of the nodes that are there none has a smaller name: one has to clean up.
    synchronized boolean isFirst(String run, long nowNanos) {
        return nodes.entrySet().stream()
                .noneMatch(
                        one -> one.getKey().compareTo(run) < 0 && one.getValue().isThere(nowNanos));
    }

    /// The keys of nodes of which nothing was heard for many leases.
    synchronized List<String> forgotten(long nowNanos) {
        var keys = new ArrayList<String>();
        nodes.forEach((run, node) -> {
            if (nowNanos - node.heardNanos > FORGOTTEN * node.leaseNanos) {
                node.channels.keySet().forEach(channel -> keys.add(run + " " + channel));
                keys.add(run);
            }
        });
        return keys;
    }
}
