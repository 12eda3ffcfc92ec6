package dev.fanfare.webhook.park;

import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.journal.Journal;
import dev.fanfare.webhook.lane.Parking;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Parks what lanes cannot call. Thread-safe; never blocks.
public final class ParkingLot implements Parking {
    private final Journal journal;
    private final Gate gate;
    private final Registry registry;
    private final InstantSource clock;
    private final Map<ParkReason, LongAdder> counts = new EnumMap<>(ParkReason.class);

    public ParkingLot(Journal journal, Gate gate, Registry registry, InstantSource clock) {
        this.journal = journal;
        this.gate = gate;
        this.registry = registry;
        this.clock = clock;
        for (var reason : ParkReason.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    /// How many live jobs lanes have parked for that reason.
    public long count(ParkReason why) {
        var count = counts.get(why);
        return count == null ? 0 : count.sum();
    }

    @Override
    public void park(Job live, ParkReason why, Duration delay) {
        var count = counts.get(why);
        if (count != null) {
            count.increment();
        }
        registry.find(live.endpoint()).ifPresent(endpoint -> gate.shut(live, endpoint));
        journal.write(Entry.of(live, new Disposition.Parked(why, clock.instant().plus(delay), live.attempt())));
    }

    @Override
    public void giveBack(Job backlog, ParkReason why) {
        backlog.settlement().settled(backlog); // its row is as it was
    }

    @Override
    public void end(Job live, Reason why) {
        journal.write(Entry.of(live, new Disposition.Ended(why, false)));
    }
}
