package dev.fanfare.gateway.session;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What a session's drain is to do between two writes, in the order in which it came.
///
/// Threads: any may add; the drain runs them.
final class Commands {
    private static final int OFFERED_MAX = 64;

    private final AtomicReference<@Nullable Entry> last = new AtomicReference<>(); // every drain looks: keep that cheap

    /// @param offered how many of this and those before it count
    private record Entry(
            Command command, int offered, @Nullable Entry before) {}

    /// One more.
    void add(Command command) {
        push(command, 0);
    }

    /// One more for the client, which may not have any number of them.
    ///
    /// @return false if it has too many: this one is not taken
    boolean offer(Command command) {
        return push(command, 1);
    }

    private boolean push(Command command, int counts) {
        while (true) {
            var before = last.get();
            int offered = (before == null ? 0 : before.offered) + counts;
            if (counts > 0 && offered > OFFERED_MAX) {
                return false;
            }
            if (last.compareAndSet(before, new Entry(command, offered, before))) {
                return true;
            }
        }
    }

    /// Runs all that there are.
    ///
    /// @return whether there were any
    boolean run(Session session) {
        if (last.get() == null) {
            return false;
        }
        var commanded = session.commanded();
        while (last.get() != null) {
            var taken = new ArrayList<Command>();
            for (var entry = last.getAndSet(null); entry != null; entry = entry.before) {
                taken.add(entry.command);
            }
            taken.reversed().forEach(command -> command.run(commanded));
        }
        return true;
    }

    void clear() {
        last.set(null);
    }
}
