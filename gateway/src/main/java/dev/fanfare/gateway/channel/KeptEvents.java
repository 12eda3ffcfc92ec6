package dev.fanfare.gateway.channel;

import org.jspecify.annotations.Nullable;

/// The events that any log holds, in the feed's order: a list whose links are in the events.
///
/// Threads: guarded by [Channels].
final class KeptEvents {
    private @Nullable FeedEvent oldest;
    private @Nullable FeedEvent newest;
    private long bytes;

    @Nullable
    FeedEvent oldest() {
        return oldest;
    }

    /// Without what drains have encoded since.
    long bytes() {
        return bytes;
    }

    /// Adds one that is newer than all.
    void add(FeedEvent event) {
        event.older = newest;
        if (newest == null) {
            oldest = event;
        } else {
            newest.newer = event;
        }
        newest = event;
        bytes += event.weight();
    }

    void remove(FeedEvent event) {
        var older = event.older;
        var newer = event.newer;
        if (older == null) {
            oldest = newer;
        } else {
            older.newer = newer;
        }
        if (newer == null) {
            newest = older;
        } else {
            newer.older = older;
        }
        event.older = null;
        event.newer = null;
        bytes -= event.weight();
    }

    /// The newest event of a partition that is no more.
    @Nullable
    FeedEvent newestOfTheGone(Topology now) {
        for (var event = newest; event != null; event = event.older) {
            if (!now.isLive(event.partition())) {
                return event;
            }
        }
        return null;
    }
}
