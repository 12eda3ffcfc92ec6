package dev.fanfare.gateway.channel;

import dev.fanfare.events.ChannelPattern;

/// Which patterns somebody subscribes to, where the feed reads only what is subscribed to. Thread-safe, and never
/// blocks.
public interface Demand {
    /// The feed reads everything.
    Demand OF_ALL = new Demand() {
        @Override
        public void begins(ChannelPattern pattern) {
            // it is read
        }

        @Override
        public void ends(ChannelPattern pattern) {
            // it is read all the same
        }

        @Override
        public boolean isRead(int partition) {
            return true;
        }

        @Override
        public boolean isMet(ChannelPattern pattern, PositionVector from) {
            return true;
        }
    };

    /// One more wants what the pattern matches: it will be read soon.
    void begins(ChannelPattern pattern);

    /// One less does.
    void ends(ChannelPattern pattern);

    /// Whether a partition is read now.
    boolean isRead(int partition);

    /// Whether the logs get, or have got, everything that the pattern matches from a position on. Stays so while
    /// somebody wants it, for a position at least as great.
    boolean isMet(ChannelPattern pattern, PositionVector from);
}
