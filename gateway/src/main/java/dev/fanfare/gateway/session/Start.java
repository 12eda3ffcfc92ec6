package dev.fanfare.gateway.session;

import dev.fanfare.events.Cursor;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.protocol.Notice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a session begins.
public sealed interface Start {
    /// How `ready` names it.
    String name();

    /// At the head: nothing that was before is wanted.
    record Live() implements Start {
        @Override
        public String name() {
            return "live";
        }
    }

    /// After a position.
    ///
    /// @param head the head that the position was worked out against
    /// @param timeMillis the time that the client's cursor carries
    /// @param position everything matching from here on is delivered
    /// @param gaps what lies behind the client's own position and before this one, to be told first
    /// @param came the client's own cursor; it holds until the last of the gaps is told
    /// @param foreign components of the client's cursor for topics that this node does not know, to be handed back
    /// @param complete false if there would have been more
    /// @param state what to leave out of what is read back, if that is a state
    record After(
            String name,
            Head head,
            long timeMillis,
            PositionVector position,
            List<Notice.Gap> gaps,
            String came,
            List<Cursor.TopicPosition> foreign,
            boolean complete,
            @Nullable StateFilter state)
            implements Start {
        /// Without a state.
        After(
                String name,
                Head head,
                long timeMillis,
                PositionVector position,
                List<Notice.Gap> gaps,
                String came,
                List<Cursor.TopicPosition> foreign,
                boolean complete) {
            this(name, head, timeMillis, position, gaps, came, foreign, complete, null);
        }
    }
}
