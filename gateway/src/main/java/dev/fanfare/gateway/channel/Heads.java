package dev.fanfare.gateway.channel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The heads of batches whose events are kept, oldest first: where those can go on who come back with a cursor.
///
/// Threads: guarded by [Channels].
final class Heads {
    private static final int MAX = 20_000;
    private static final int COMPONENTS_MAX = 1_000_000; // 12 bytes each

    private final List<Head> heads = new ArrayList<>(List.of(Head.START));

    void add(Head head) {
        heads.add(head);
        int max = Math.clamp(COMPONENTS_MAX / Math.max(1, head.topology().size()), 500, MAX);
        if (heads.size() > max) { // every second one: resuming then filters a few more events
            for (int i = heads.size() - 2; i > 0; i -= 2) {
                heads.remove(i);
            }
        }
    }

    /// Nobody can go on from any of them.
    void clear() {
        heads.clear();
    }

    /// Forgets those before the first event that is kept; one of them is enough.
    void forgetBefore(long floor) {
        int obsolete = 0;
        while (obsolete + 1 < heads.size() && heads.get(obsolete + 1).seq() < floor) {
            obsolete++;
        }
        heads.subList(0, obsolete).clear();
    }

    /// The newest one that is nowhere ahead of a vector, if there is one.
    @Nullable
    Head newestAtMost(PositionVector vector) {
        int low = 0;
        int high = heads.size(); // heads only grow, so "at most" is true for a prefix of them
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (heads.get(middle).vector().isAtMost(vector)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? null : heads.get(low - 1);
    }
}
