package dev.fanfare.gateway.session;

/// How a session stands.
public enum SessionState {
    /// It gets what comes.
    LIVE,
    /// It is on its way through Kafka, or waits for a turn.
    REPLAYING,
    /// Something is written for it that its client does not read.
    UNREAD,
    /// Its client has had its answer, and has not come for the next.
    AWAY,
    /// It says goodbye.
    ENDING
}
