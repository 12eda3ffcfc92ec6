package dev.fanfare.gateway.protocol;

import java.util.Locale;

/// What becomes of the events of a subscription for which its client is too slow. In `docs/protocol.md` in full.
///
/// In the order of how much they keep: an event that several subscriptions of a session match goes by the first of
/// their policies.
public enum Policy {
    /// All come, read back from Kafka if need be.
    RESUME,
    /// The session ends, and can be resumed.
    DISCONNECT,
    /// Of each key the newest comes.
    CONFLATE,
    /// Of each key at most one comes in an interval, the newest.
    SAMPLE,
    /// The newest come, the others are told as a gap.
    DROP_OLDEST;

    /// As clients and operators write it: `drop-oldest`.
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return label();
    }
}
