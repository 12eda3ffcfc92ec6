package dev.fanfare.webhook.journal;

import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import java.time.Instant;

/// Where a delivery stands from now on.
public sealed interface Disposition {
    /// Done. Its row, if it has one, goes.
    record Delivered() implements Disposition {}

    /// It waits in the store.
    ///
    /// @param due when it is to be tried again
    /// @param nextAttempt the number of that attempt, from 1
    record Parked(ParkReason why, Instant due, int nextAttempt) implements Disposition {}

    /// It is not tried any more. Its row, if it has one, goes.
    ///
    /// @param deadLetter whether it is kept for people to look at and send again, and published to the dead-letter
    ///     topic
    record Ended(Reason reason, boolean deadLetter) implements Disposition {}
}
