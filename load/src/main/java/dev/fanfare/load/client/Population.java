package dev.fanfare.load.client;

import dev.fanfare.load.check.MarkerReader;
import dev.fanfare.load.check.Sequences;
import dev.fanfare.load.wire.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The sessions of one loop, and where they bring what they get: one place per transport, and another for those that
/// something special is done to.
final class Population {
    private record Group(Transport transport, boolean special) {}

    private final Crowd crowd;
    private final Map<Group, Receipts> receipts = new HashMap<>();
    private final List<Session> sessions = new ArrayList<>();
    private final List<Session> special;

    Population(int loop, Target target, Crowd crowd, PollSession.Reopening reopening) {
        this.crowd = crowd;
        var requests = new Requests(target, crowd);
        var ready = target.ready().map(Bytes::of);
        var counts = new HashMap<Group, Integer>();
        for (int i = loop; i < crowd.sessions(); i += crowd.loops()) {
            counts.merge(group(i), 1, Integer::sum);
        }
        counts.forEach((group, count) -> receipts.put(group, receipts(group, count, target)));
        var places = new HashMap<Group, Integer>();
        for (int i = loop; i < crowd.sessions(); i += crowd.loops()) {
            int before = places.merge(group(i), 1, Integer::sum) - 1;
            var place = new Session.Place(i, crowd.firstChannel(i), before * crowd.channelsPerSession());
            var sink = receipts.get(group(i));
            if (sink == null) {
                throw new IllegalStateException("no receipts for session " + i);
            }
            sessions.add(
                    switch (crowd.transport(i)) {
                        case SSE -> new SseSession(place, sink, requests, ready);
                        case WEBSOCKET -> new WebSocketSession(place, sink, requests, ready);
                        case POLL -> new PollSession(place, sink, requests, reopening);
                    });
        }
        special = sessions.stream()
                .filter(session -> crowd.special(session.number()))
                .toList();
    }

    List<Session> sessions() {
        return sessions;
    }

    /// Those that something special is done to.
    List<Session> special() {
        return special;
    }

    Collection<Receipts> receipts() {
        return receipts.values();
    }

    /// Of those that nothing special is done to.
    List<Receipts> receiptsOfOthers() {
        return receipts.entrySet().stream()
                .filter(entry -> !entry.getKey().special)
                .map(Map.Entry::getValue)
                .toList();
    }

    private Group group(int session) {
        return new Group(crowd.transport(session), crowd.special(session));
    }

    private Receipts receipts(Group group, int count, Target target) {
        var sequences = new Sequences(Math.multiplyExact(count, crowd.channelsPerSession()), crowd.fromZero());
        var label = group.transport.label() + (group.special ? " " + crowd.specialName() : "");
        return new Receipts(new MarkerReader(target.fields()), crowd, new Tally(label, sequences));
    }
}
