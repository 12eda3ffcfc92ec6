package dev.fanfare.webhook.lane;

/// How much backlog a lane takes.
///
/// @param jobs in all
/// @param retries of them, at most: while retries are rationed they must not be in the way of first attempts
public record Room(int jobs, int retries) {
    /// Of an endpoint that has no lane and gets none.
    static final Room NONE = new Room(0, 0);
}
