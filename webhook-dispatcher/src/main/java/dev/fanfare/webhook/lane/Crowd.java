package dev.fanfare.webhook.lane;

/// How it stands with a lane's live jobs.
enum Crowd {
    /// None is taken in, or no more may wait: they are parked anyway.
    PARKING,
    /// Some more can wait, or the lane is slow.
    ROOM,
    /// More wait than are done in a quarter of a second.
    BUSY,
    /// The same, but these have come within the last quarter of a second, and nothing is known against it.
    BURST
}
