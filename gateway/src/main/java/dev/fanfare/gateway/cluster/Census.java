package dev.fanfare.gateway.cluster;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.session.Session;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Counts this node's clients, channel by channel, by walking along all of them: what connects and subscribes does
/// nothing for it. Used by one thread.
final class Census {
    private final ClusterSettings.Presence settings;
    private final Map<ChannelPattern, Kind> kinds = new HashMap<>(); // of what was asked for last
    private long uncounted;

    private enum Kind {
        NOTHING,
        COUNT,
        MEMBERS
    }

    private static final class Tally {
        int count;
        final TreeMap<String, Integer> members = new TreeMap<>();
        boolean complete = true;
    }

    Census(ClusterSettings.Presence settings) {
        this.settings = settings;
    }

    /// Whether anything is told of a channel, or of those who subscribe to a pattern by its name.
    static boolean isCounted(ClusterSettings.Presence settings, ChannelPattern pattern) {
        return kind(settings, pattern) != Kind.NOTHING;
    }

    private static Kind kind(ClusterSettings.Presence settings, ChannelPattern pattern) {
        if (settings.members().stream().anyMatch(one -> one.covers(pattern))) {
            return Kind.MEMBERS;
        }
        return settings.counts().stream().anyMatch(one -> one.covers(pattern)) ? Kind.COUNT : Kind.NOTHING;
    }

    /// Who is on which channel now.
    Map<String, Here> take(Collection<Session> sessions) {
        var tallies = new HashMap<String, Tally>();
        uncounted = 0;
        if (settings.counts().isEmpty() && settings.members().isEmpty()) {
            return Map.of();
        }
        for (var session : sessions) {
            session.subscriptions().forEach(pattern -> count(session, pattern, tallies));
        }
        if (kinds.size() > 4 * settings.channelsMax()) {
            kinds.clear();
        }
        var all = new HashMap<String, Here>();
        tallies.forEach((channel, tally) -> all.put(channel, new Here(tally.count, tally.members, tally.complete)));
        return all;
    }

    private void count(Session session, ChannelPattern pattern, Map<String, Tally> tallies) {
        var kind = kinds.computeIfAbsent(pattern, one -> kind(settings, one));
        if (kind == Kind.NOTHING) {
            return;
        }
        var tally = tallies.get(pattern.text());
        if (tally == null) {
            if (tallies.size() >= settings.channelsMax()) {
                uncounted++;
                return;
            }
            tally = new Tally();
            tallies.put(pattern.text(), tally);
        }
        tally.count++;
        if (kind == Kind.MEMBERS) {
            add(session, tally);
        }
    }

    private void add(Session session, Tally to) {
        var holder = session.options().permit().holder();
        if (holder.issuer().isPresent() && holder.subject().isPresent()) {
            var member = holder.issuer().get() + " " + holder.subject().get();
            if (to.members.size() < settings.membersMax() || to.members.containsKey(member)) {
                to.members.merge(member, 1, Integer::sum);
            } else {
                to.complete = false;
            }
        }
    }

    /// Subscriptions that were left out of the last, since there were too many channels.
    long uncounted() {
        return uncounted;
    }
}
