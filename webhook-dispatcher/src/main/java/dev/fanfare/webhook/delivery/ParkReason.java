package dev.fanfare.webhook.delivery;

import java.util.Locale;

/// Why a delivery waits in the store instead of in memory.
public enum ParkReason {
    /// An attempt failed; the next one is due later.
    RETRY,
    /// Its call has run for so long that the store insures it; the call may still succeed.
    SLOW,
    /// The endpoint's lane had no room, or not soon enough.
    LANE_FULL,
    /// The endpoint's rate is used up.
    RATE,
    /// The endpoint's breaker is not closed.
    BREAKER_OPEN,
    /// The receiver asked to be left alone for a while.
    PAUSED,
    /// An earlier event of the same key is not delivered yet.
    KEY_BLOCKED,
    /// This node stops.
    STOPPING,
    /// Somebody asked for it: resend, recover, replay, test.
    REQUESTED;

    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Reads what [#code] wrote.
    ///
    /// @throws IllegalArgumentException if no reason has this code
    public static ParkReason of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
