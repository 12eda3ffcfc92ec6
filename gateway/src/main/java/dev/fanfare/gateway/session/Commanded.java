package dev.fanfare.gateway.session;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.Head;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.Notice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a [Command] may do with its session, beside what anybody may: the drain runs it, between two writes. Of no use
/// afterwards.
public final class Commanded {
    private final Session session;
    private final Sessions sessions;
    private final Place place;
    private final Interests interests;
    private final Outlet outlet;

    Commanded(Session session, Sessions sessions, Place place, Interests interests, Outlet outlet) {
        this.session = session;
        this.sessions = sessions;
        this.place = place;
        this.interests = interests;
        this.outlet = outlet;
    }

    public SessionOptions options() {
        return session.options();
    }

    /// As [Session#end].
    public void end(CloseReason reason) {
        session.end(reason);
    }

    /// What is subscribed to, from the session's position on.
    public Interests interests() {
        return interests;
    }

    /// Tells the client something.
    public void tell(Notice notice) {
        outlet.tell(notice);
    }

    /// Sends bytes that are whole in the transport's framing.
    public void send(byte[] frame) {
        outlet.send(frame);
    }

    /// What only the drain knows.
    public Standing standing() {
        return new Standing(new String(place.cursor(), StandardCharsets.US_ASCII), interests.subscribed());
    }

    /// Has nothing of what was subscribed to just now missing, from where the session stands.
    public void reachBack() {
        if (!place.reachBack(sessions.channels().head())) {
            session.end(CloseReason.SHUTTING_DOWN); // whoever comes back has it worked out anew
        }
    }

    /// Tells the state of what is subscribed to by now, before anything newer.
    ///
    /// @param id of the message that asks for it
    public void tellState(KnownKeys known, @Nullable String id, List<ChannelPattern> patterns) {
        place.tellAside(known.keys(), id, patterns);
    }

    /// A range of a partition is lost: see [Place#passLoss].
    void passLoss(int partition, Notice.Gap gap, Head after) {
        if (!place.passLoss(partition, gap, after)) {
            session.end(CloseReason.SHUTTING_DOWN);
        }
    }

    void tellIf(Predicate<ChannelPattern> concerned, Notice.Gap gap) {
        if (interests.any(concerned)) {
            outlet.tellGap(gap);
        }
    }
}
