package dev.fanfare.gateway.session;

/// What a session goes on by: ends it when that no longer holds.
public interface Permit {
    /// Holds for ever.
    Permit ALWAYS = _ -> {};

    /// Called every so often by the one thread that looks after all sessions: must not block.
    void look(Session session);
}
