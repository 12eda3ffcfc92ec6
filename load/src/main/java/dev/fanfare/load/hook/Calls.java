package dev.fanfare.load.hook;

/// What has come of one channel's events at one endpoint. Guarded by its endpoint.
final class Calls {
    private static final byte ACCEPTED = 1;
    private static final byte LATE = 2; // accepted, but so late that the dispatcher may not know

    private final byte[] states;
    private final byte[] attempts;
    private final byte[] open; // calls that have no answer yet
    private final long[] ids;
    private int below; // all below this one were accepted

    /// What a call is.
    enum Coming {
        FIRST,
        /// No earlier one was accepted.
        RETRY,
        /// Beside one that has no answer yet, or behind one that was accepted late.
        DUPLICATE,
        /// Behind one that was accepted at once.
        REPEATED
    }

    /// @param count of events, numbered from 0
    Calls(int count) {
        states = new byte[count];
        attempts = new byte[count];
        open = new byte[count];
        ids = new long[count];
    }

    /// A call has come, and is open from now on.
    Coming begin(int event) {
        var coming = Coming.RETRY;
        if ((states[event] & ACCEPTED) != 0) {
            coming = (states[event] & LATE) != 0 ? Coming.DUPLICATE : Coming.REPEATED;
        } else if (open[event] > 0) {
            coming = Coming.DUPLICATE;
        } else if (attempts[event] == 0) {
            coming = Coming.FIRST;
        }
        attempts[event] = (byte) Math.min(Byte.MAX_VALUE, attempts[event] + 1);
        open[event] = (byte) Math.min(Byte.MAX_VALUE, open[event] + 1);
        return coming;
    }

    /// How many calls there were, also the present one; 127: or more.
    int attempts(int event) {
        return attempts[event];
    }

    /// Whether all calls of the event had this id.
    boolean sameId(int event, long id) {
        long known = ids[event];
        ids[event] = known == 0 ? id : known;
        return ids[event] == id;
    }

    /// A call was taken.
    ///
    /// @return whether none was before
    boolean accept(int event, boolean late) {
        open[event]--;
        boolean first = (states[event] & ACCEPTED) == 0;
        if (!late) {
            states[event] = ACCEPTED;
        } else if (first) {
            states[event] = ACCEPTED | LATE;
        }
        while (below < states.length && (states[below] & ACCEPTED) != 0) {
            below++;
        }
        return first;
    }

    /// A call was not taken.
    void fail(int event) {
        open[event]--;
    }

    /// Of the events below `end`, those that were never taken.
    long missing(long end) {
        long missing = Math.max(0, end - states.length);
        for (int event = below; event < Math.min(end, states.length); event++) {
            missing += (states[event] & ACCEPTED) == 0 ? 1 : 0;
        }
        return missing;
    }
}
