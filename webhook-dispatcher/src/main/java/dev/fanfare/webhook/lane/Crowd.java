package dev.fanfare.webhook.lane;

/// How it stands with a lane's live jobs.
enum Crowd {
    /// None is taken in, or more wait than are done in a second: they are parked anyway.
    PARKING,
    /// Some more can wait.
    ROOM,
    /// More wait than are done in a quarter of a second.
    BUSY
}
