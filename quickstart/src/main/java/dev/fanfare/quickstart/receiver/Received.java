package dev.fanfare.quickstart.receiver;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What came: the latest for people to see, and the ids of more, so that each is processed once. Webhooks are delivered
/// at least once; a repeat has the `webhook-id` of the first. In memory: after a restart a repeat counts as new.
///
/// Any thread.
final class Received {
    static final int SHOWN_MAX = 100;

    private final int idsMax;

    @GuardedBy("this")
    private final Set<String> ids = new HashSet<>();

    @GuardedBy("this")
    private final Deque<String> idsByAge = new ArrayDeque<>();

    @GuardedBy("this")
    private final Map<Long, Webhook> shown = new LinkedHashMap<>();

    @GuardedBy("this")
    private long version;

    /// @param idsMax how many ids are remembered; the oldest is forgotten first
    Received(int idsMax) {
        this.idsMax = idsMax;
    }

    /// All that is shown, the latest first.
    ///
    /// @param version another one after each change
    record Page(long version, List<Webhook> webhooks) {}

    /// Takes one in.
    ///
    /// @return whether it is to be processed: it is verified, and came for the first time
    synchronized boolean add(Webhook webhook) {
        version++;
        if (webhook.isVerified() && !ids.add(webhook.id())) {
            shown.replaceAll((_, there) -> isRepeat(there, webhook) ? there.again() : there);
            return false;
        }
        shown.put(version, webhook);
        if (shown.size() > SHOWN_MAX) {
            shown.remove(shown.keySet().iterator().next());
        }
        if (webhook.isVerified()) {
            idsByAge.add(webhook.id());
            if (idsByAge.size() > idsMax) {
                ids.remove(idsByAge.remove());
            }
        }
        return webhook.isVerified();
    }

    private static boolean isRepeat(Webhook there, Webhook webhook) {
        return there.isVerified() && there.id().equals(webhook.id());
    }

    synchronized Page page() {
        return new Page(version, new ArrayList<>(shown.values()).reversed());
    }
}
