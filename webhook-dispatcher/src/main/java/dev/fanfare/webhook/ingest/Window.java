package dev.fanfare.webhook.ingest;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.webhook.delivery.DeliveryId;
import dev.fanfare.webhook.delivery.EndpointId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/// The events of one partition between what is committed and what was read. Its frontier is the first offset whose
/// event is not settled; no more than what lies before it may be committed.
///
/// Threads: any. No call out while the lock is held.
final class Window {
    final Uuid topicId;

    @GuardedBy("this")
    private final ArrayDeque<InFlight> events = new ArrayDeque<>();

    @GuardedBy("this")
    private final Set<DeliveryId> onRecord;

    @GuardedBy("this")
    private long next;

    @GuardedBy("this")
    private long committed;

    @GuardedBy("this")
    private long bytes;

    @GuardedBy("this")
    private long pending;

    @GuardedBy("this")
    private long end;

    /// @param start the offset to be read first
    /// @param onRecord deliveries of events from there on that are settled already
    Window(Uuid topicId, long start, Set<DeliveryId> onRecord) {
        this.topicId = topicId;
        this.next = start;
        this.committed = start;
        this.onRecord = new HashSet<>(onRecord);
    }

    /// Takes an event in, matched with some endpoints.
    ///
    /// @return those that it is to be delivered to
    synchronized List<EndpointId> add(InFlight event, long version, List<EndpointId> endpoints) {
        events.addLast(event);
        bytes += event.bytes;
        read(event.message.id().offset() + 1);
        return match(event, version, endpoints);
    }

    /// Everything before that offset was read, whether there were events or not.
    synchronized void read(long upTo) {
        next = Math.max(next, upTo);
    }

    /// Kafka has records up to that offset.
    synchronized void endsAt(long offset) {
        end = offset;
    }

    /// Records that are not settled, read or not, as far as the partition's end is known.
    synchronized long lag() {
        return Math.max(0, Math.max(end, next) - frontier());
    }

    synchronized void settle(InFlight event) {
        event.settle();
        pending--;
    }

    /// The first offset whose event is not settled.
    synchronized long frontier() {
        for (var event : events) {
            if (!event.isSettled()) {
                return event.message.id().offset();
            }
        }
        return next;
    }

    /// The events that were matched with an older registry.
    synchronized List<InFlight> olderThan(long version) {
        var older = new ArrayList<InFlight>();
        for (var event : events) {
            if (event.isOlderThan(version)) {
                older.add(event);
            }
        }
        return older;
    }

    /// Matches an event of this window again.
    ///
    /// @return the endpoints that it was not matched with before
    synchronized List<EndpointId> match(InFlight event, long version, List<EndpointId> endpoints) {
        var open = endpoints;
        if (!onRecord.isEmpty()) {
            open = new ArrayList<>(endpoints);
            for (var endpoint : endpoints) {
                if (onRecord.contains(new DeliveryId(event.message.id(), endpoint))) {
                    open.remove(endpoint);
                }
            }
        }
        var fresh = event.match(version, open);
        pending += fresh.size();
        return fresh;
    }

    /// Forgets what lies before a committed offset.
    synchronized void committed(long upTo) {
        while (!events.isEmpty() && events.getFirst().message.id().offset() < upTo) {
            bytes -= events.removeFirst().bytes;
        }
        committed = Math.max(committed, upTo);
        if (!onRecord.isEmpty()) {
            var past = onRecord.stream()
                    .filter(one -> one.message().offset() < upTo)
                    .toList();
            past.forEach(onRecord::remove);
        }
    }

    synchronized long committed() {
        return committed;
    }

    synchronized int events() {
        return events.size();
    }

    synchronized long bytes() {
        return bytes;
    }

    /// Deliveries that are not settled.
    synchronized long pending() {
        return pending;
    }
}
