package dev.fanfare.webhook.lane;

/// How it stands with a lane's live jobs.
enum Crowd {
    /// None is taken in: all are parked.
    PARKING,
    /// Some more can wait.
    ROOM,
    /// As many wait as are done in a quarter of a second, or more.
    BUSY
}
