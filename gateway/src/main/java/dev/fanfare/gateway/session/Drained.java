package dev.fanfare.gateway.session;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.fanfare.gateway.protocol.CloseReason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// What anybody may leave for a session's drain: that there is something to look at, commands, a reason to end. At
/// most one drain runs, and what is left after it has looked is looked at again.
///
/// Not an object of its own: a delivery costs mostly what it takes to get a session's memory into the cache.
///
/// Threads: any; but [#look], [#lookAgain], [#leave] and [#retire] are for whoever drains.
abstract class Drained {
    private static final int IDLE = 0;
    private static final int RUN = 1;
    private static final int AGAIN = 2;
    private static final int CLOSED = 3;
    private static final VarHandle RUN_STATE = field("run", int.class);
    private static final VarHandle ENDING = field("ending", CloseReason.class);
    private static final VarHandle COMMANDS = field("commands", Commands.class);

    private volatile int run = RUN; // until started
    private volatile @Nullable Commands commands; // null: there never were any
    private volatile @Nullable CloseReason ending;

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Drained.class, name, type);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /// Whether the caller has to drain now: somebody else does, or will look again.
    final boolean claim() {
        while (true) {
            int now = run;
            if (now == IDLE ? turn(IDLE, RUN) : now != RUN || turn(RUN, AGAIN)) {
                return now == IDLE;
            }
        }
    }

    /// From now on the drain looks at everything.
    final void look() {
        turn(AGAIN, RUN);
    }

    /// The drain has more to look at.
    final void lookAgain() {
        turn(RUN, AGAIN);
    }

    /// Whether the drain has ended: it has not if something was left since it looked.
    final boolean leave() {
        return turn(RUN, IDLE);
    }

    /// Nobody drains any more.
    final void retire() {
        run = CLOSED;
    }

    @CanIgnoreReturnValue
    private boolean turn(int from, int to) {
        return RUN_STATE.compareAndSet(this, from, to);
    }

    /// Reads what the next [#claim] is going to need.
    final int glimpse() {
        return run;
    }

    /// Whether this reason is the first.
    @CanIgnoreReturnValue
    final boolean endBy(CloseReason reason) {
        return ENDING.compareAndSet(this, null, reason);
    }

    final @Nullable CloseReason ending() {
        return ending;
    }

    final boolean isEnding() {
        return ending != null;
    }

    /// Where commands are put.
    final Commands commands() {
        var there = commands;
        if (there != null) {
            return there;
        }
        var made = new Commands();
        var first = (@Nullable Commands) COMMANDS.compareAndExchange(this, null, made);
        return first == null ? made : first;
    }

    /// The commands, if there ever were any.
    final @Nullable Commands given() {
        return commands;
    }
}
