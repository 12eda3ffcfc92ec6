package dev.fanfare.load.check;

import java.util.Arrays;

/// What has come of each sequence, one per session and channel: two numbers each. A window of the last 64 tells one
/// that is late from one that is double.
///
/// Owned by one thread.
public final class Sequences {
    private static final int WINDOW = 64;
    private static final long UNKNOWN = -1;

    private final long[] next; // behind the highest that has come; UNKNOWN: none has, and any may be the first
    private final long[] open; // bit i: next - 1 - i has not come
    private long gaps;
    private long duplicates;
    private long reorderings;

    /// @param fromZero whether a sequence that begins with another number than 0 has a gap
    public Sequences(int count, boolean fromZero) {
        next = new long[count];
        open = new long[count];
        if (!fromZero) {
            Arrays.fill(next, UNKNOWN);
        }
    }

    public void receive(int sequence, long number) {
        long expected = next[sequence];
        if (number == expected) { // what nearly always happens
            gaps += open[sequence] >>> (WINDOW - 1);
            open[sequence] <<= 1;
            next[sequence] = number + 1;
        } else if (expected == UNKNOWN) {
            next[sequence] = number + 1;
        } else if (number > expected) {
            skip(sequence, number - expected);
            next[sequence] = number + 1;
        } else {
            late(sequence, expected - 1 - number);
        }
    }

    /// What has not come of the numbers below `end`, whatever may come still.
    public long missing(int sequence, long end) {
        return Long.bitCount(open[sequence]) + tail(sequence, end);
    }

    /// What has not come behind the last that has.
    public long tail(int sequence, long end) {
        return next[sequence] == UNKNOWN ? 0 : Math.max(0, end - next[sequence]);
    }

    /// Numbers that were passed over and have not come.
    public long gaps() {
        long waiting = 0;
        for (long bits : open) {
            waiting += Long.bitCount(bits);
        }
        return gaps + waiting;
    }

    /// Numbers that came again, or more than 64 late.
    public long duplicates() {
        return duplicates;
    }

    /// Numbers that came after a higher one.
    public long reorderings() {
        return reorderings;
    }

    private void skip(int sequence, long count) {
        long bits = open[sequence];
        if (count >= WINDOW) { // the window is all new: what it held will not come, nor what lies before it
            gaps += Long.bitCount(bits) + count - (WINDOW - 1);
            open[sequence] = -1L << 1;
        } else {
            int shift = (int) count + 1;
            gaps += shift == WINDOW ? Long.bitCount(bits) : Long.bitCount(bits >>> (WINDOW - shift));
            open[sequence] = (shift == WINDOW ? 0 : bits << shift) | (((1L << count) - 1) << 1);
        }
    }

    private void late(int sequence, long back) {
        long bit = back < WINDOW ? 1L << back : 0;
        if ((open[sequence] & bit) != 0) {
            open[sequence] &= ~bit;
            reorderings++;
        } else {
            duplicates++;
        }
    }
}
