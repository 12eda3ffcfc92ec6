package dev.fanfare.load.watch;

/// How far a run is.
///
/// @param done of `all`, in sessions while they connect, otherwise in seconds
public record Moment(Phase phase, double done, double all) {
    /// In this order.
    public enum Phase {
        CONNECTING,
        WARM_UP,
        MEASURING,
        DRAINING
    }
}
