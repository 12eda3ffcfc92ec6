package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.DeliveryId;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Where a delivery stands, for people to read.
///
/// @param at when it got there
/// @param reason code of why it waits, or has ended
/// @param attempts calls that were made; for a parked one, before the next
/// @param due when a parked one is tried
public record Delivery(
        DeliveryId id, State state, Instant at, Optional<String> reason, int attempts, Optional<Instant> due) {
    /// Which of the tables it is in.
    public enum State {
        /// It waits for its next attempt.
        PARKED,
        DELIVERED,
        /// It has ended without success, and is kept: it can be sent again.
        DEAD_LETTER,
        /// It has ended without success.
        ENDED;

        /// As it is shown: `dead-letter`.
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
