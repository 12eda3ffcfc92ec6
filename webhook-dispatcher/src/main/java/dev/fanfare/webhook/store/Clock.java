package dev.fanfare.webhook.store;

import java.time.Instant;
import org.jdbi.v3.core.Handle;

/// The database's clock, the one that all nodes share.
final class Clock {
    private Clock() {}

    static Instant now(Handle handle) {
        return handle.createQuery("select current_timestamp")
                .mapTo(Instant.class)
                .one();
    }
}
