package dev.fanfare.webhook.delivery;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A delivery in this node's hands: from a record just read (live), or from the store (backlog).
///
/// Threads: immutable but for [#row] and [#isOnRecord], which the journal's thread writes and any thread reads.
public final class Job {
    private final DeliveryId id;
    private final Message message;
    private final int attempt;
    private final Trigger trigger;
    private final boolean live;
    private final Settlement settlement;
    private volatile @Nullable Row row;
    private volatile boolean onRecord;

    private Job(
            DeliveryId id, Message message, int attempt, Trigger trigger, @Nullable Row row, Settlement settlement) {
        this.id = id;
        this.message = message;
        this.attempt = attempt;
        this.trigger = trigger;
        this.live = row == null;
        this.row = row;
        this.onRecord = row != null;
        this.settlement = settlement;
    }

    /// Told once what is on record of the job, by the journal's thread, which it must not hold up.
    @FunctionalInterface
    public interface Settlement {
        /// The delivery is delivered, parked or ended, and that is committed.
        void settled(Job job);
    }

    /// Of a record that was just read.
    public static Job live(Message message, EndpointId endpoint, Settlement settlement) {
        return new Job(new DeliveryId(message.id(), endpoint), message, 1, Trigger.SCHEDULE, null, settlement);
    }

    /// Of a parked row.
    ///
    /// @param attempt the number of the attempt to be made, from 1
    public static Job backlog(
            Message message, EndpointId endpoint, int attempt, Trigger trigger, Row row, Settlement settlement) {
        return new Job(new DeliveryId(message.id(), endpoint), message, attempt, trigger, row, settlement);
    }

    public DeliveryId id() {
        return id;
    }

    public EndpointId endpoint() {
        return id.endpoint();
    }

    public Message message() {
        return message;
    }

    /// The number of the attempt to be made, from 1.
    public int attempt() {
        return attempt;
    }

    public Trigger trigger() {
        return trigger;
    }

    /// Whether it came from Kafka just now, not from the store.
    public boolean isLive() {
        return live;
    }

    /// Where it is parked, if it is.
    public Optional<Row> row() {
        return Optional.ofNullable(row);
    }

    /// For the journal: where the job is parked now, null for nowhere.
    public void park(@Nullable Row at) {
        row = at;
        onRecord = true;
    }

    /// Whether the store knows anything of it: where it is parked, or that it is over.
    public boolean isOnRecord() {
        return onRecord;
    }

    public Settlement settlement() {
        return settlement;
    }

    @Override
    public String toString() {
        return id + (live ? " live" : " backlog") + " attempt " + attempt;
    }
}
