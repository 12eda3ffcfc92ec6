package dev.fanfare.gateway.session;

import org.jspecify.annotations.Nullable;

/// What a session goes on by: ends it when that no longer holds.
public interface Permit {
    /// A look that need not be taken.
    long NEVER = Long.MAX_VALUE / 4;

    /// Holds for ever.
    Permit ALWAYS = _ -> NEVER;

    /// Called by the one thread that looks after all sessions: must not block.
    ///
    /// @return in how many nanoseconds to look again
    long look(Session session);

    /// Whether the session may take a turn to read back from Kafka; then [#endReplay] follows soon. Does not block.
    default boolean beginReplay() {
        return true;
    }

    default void endReplay() {}

    /// Who it is for.
    default Holder holder() {
        return Holder.UNKNOWN;
    }

    /// What is to be told of the session when it ends, if anything is.
    default @Nullable Account account() {
        return null;
    }

    /// The session has ended.
    default void ended() {}
}
