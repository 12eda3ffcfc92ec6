package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Event;
import dev.fanfare.gateway.channel.States;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a walk leaves out that tells a state: everything of which it knows that a newer record of the same key comes
/// later in the same walk. So each key's last record before the walk's end is delivered, whatever else is known, and
/// none before an older one, since a walk goes by offsets. What was written while others looked at the log may be
/// delivered besides.
///
/// @param keys what is known of keys
/// @param fresh whether the client has nothing yet: it need not hear of keys that are deleted
/// @param aside a walk of its own for some subscriptions, while the session stands still; null: the session's
record StateFilter(
        States.Keys keys, boolean fresh, @Nullable Aside aside) {
    /// A state that subscriptions of a running session ask for.
    ///
    /// @param id of the message that did
    /// @param interrupted the session's own walk, if it has one; it goes on behind this one
    record Aside(
            @Nullable String id,
            List<ChannelPattern> patterns,
            @Nullable Replay interrupted) {
        /// The first of an event's channels that is meant.
        @Nullable
        ChannelName match(List<ChannelName> channels) {
            for (var channel : channels) {
                if (patterns.stream().anyMatch(pattern -> pattern.matches(channel))) {
                    return channel;
                }
            }
            return null;
        }
    }

    /// Whether an event belongs to the state.
    ///
    /// @param partition index in the topology
    boolean covers(int partition) {
        return keys.covers(partition);
    }

    /// @param end where the walk ends in this partition
    boolean leavesOut(Event event, int partition, long end) {
        var key = event.key();
        if (key == null || !keys.covers(partition)) {
            return false;
        }
        long newest = keys.newest(partition, key);
        long offset = event.offset();
        // of a key that was deleted before we looked, nothing was delivered: it was all older than this, and known to
        // be
        boolean unheardOf = fresh && event.deleted() && newest == offset && offset < keys.lookedTo(partition);
        return unheardOf || (newest > offset && newest < end);
    }

    /// The same where nothing is known of keys any more, as after a log was cut back.
    StateFilter knowingNothing() {
        return new StateFilter(NOTHING, false, aside);
    }

    /// Nothing.
    static final States.Keys NOTHING = new States.Keys() {
        @Override
        public boolean covers(int partition) {
            return true;
        }

        @Override
        public long start(int partition) {
            return 0;
        }

        @Override
        public long lookedTo(int partition) {
            return 0;
        }

        @Override
        public long newest(int partition, String key) {
            return -1;
        }
    };
}
