package dev.fanfare.load.watch;

/// How far a run is.
///
/// @param who connects, in the plural
/// @param done of `all`, in those while they connect, otherwise in seconds
public record Moment(Phase phase, String who, double done, double all) {
    /// In this order.
    public enum Phase {
        CONNECTING,
        WARM_UP,
        MEASURING,
        DRAINING
    }
}
