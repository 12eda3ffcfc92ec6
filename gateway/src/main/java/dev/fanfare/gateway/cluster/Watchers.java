package dev.fanfare.gateway.cluster;

import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Sessions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Sessions that want to know who comes and goes on their channels, and what each was told. One thread tells; any may
/// add.
final class Watchers {
    private final Sessions sessions;
    private final ClusterSettings.Presence settings;
    private final Map<Session, Map<String, Here>> told = new ConcurrentHashMap<>(); // its values: the telling thread's

    Watchers(Sessions sessions, ClusterSettings.Presence settings) {
        this.sessions = sessions;
        this.settings = settings;
    }

    void add(Session session) {
        told.put(session, new HashMap<>());
    }

    /// Tells each what has changed on its channels.
    ///
    /// @param standing who is on a channel now
    void tell(Function<String, Here> standing) {
        if (told.isEmpty()) {
            return;
        }
        told.keySet().retainAll(sessions.all());
        var now = new HashMap<String, Here>(); // the same object for all, since most compare equal
        told.forEach((session, known) -> {
            var news = new ArrayList<Notice>();
            for (var pattern : session.subscriptions()) {
                if (Census.isCounted(settings, pattern)) {
                    var channel = pattern.text();
                    var here = now.computeIfAbsent(channel, standing);
                    var before = known.put(channel, here);
                    if (!here.equals(before)) {
                        news.add(notice(channel, before == null ? Here.NOBODY : before, here));
                    }
                }
            }
            if (!news.isEmpty()) {
                session.inform(s -> news.forEach(s::tell));
            }
        });
    }

    private static Notice notice(String channel, Here before, Here now) {
        return new Notice.Presence(channel, now.count(), missing(now, before), missing(before, now), now.complete());
    }

    /// Members of the one that the other has not.
    private static List<Notice.Member> missing(Here of, Here in) {
        return of.members().keySet().stream()
                .filter(member -> !in.members().containsKey(member))
                .map(Notice.Member::of)
                .toList();
    }
}
