package dev.fanfare.webhook.store;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/// What a request changes, all of it or nothing: handed to each change that belongs to it. Used by the thread that got
/// it, until it returns.
public final class Unit {
    final Handle handle;
    private final Instant now;

    Unit(Handle handle) {
        this.handle = handle;
        this.now = Clock.now(handle);
    }

    /// The database's clock when the unit began.
    public Instant now() {
        return now;
    }
}
