package dev.fanfare.gateway.session;

import java.util.AbstractList;
import java.util.Arrays;

/// What one write carries: references to shared bytes, not copies. Made for the write, so that a client that waits
/// costs no memory for it. Owned by the session's drain.
final class Outbox extends AbstractList<byte[]> {
    /// The time of an event whose way is not measured: its client was away.
    static final long UNTIMED = Long.MAX_VALUE;

    private byte[][] pieces = new byte[4][];
    private int size;
    private int bytes;
    private int events;
    private long oldestMillis = UNTIMED;

    void put(byte[] piece) {
        if (piece.length > 0) {
            if (size == pieces.length) {
                pieces = Arrays.copyOf(pieces, 2 * size);
            }
            pieces[size++] = piece;
            bytes += piece.length;
        }
    }

    /// One of the pieces is an event.
    ///
    /// @param timeMillis its record's, 0 if that has none, or [#UNTIMED]
    void count(long timeMillis) {
        events++;
        if (timeMillis > 0) {
            oldestMillis = Math.min(oldestMillis, timeMillis);
        }
    }

    /// Of all pieces together.
    int bytes() {
        return bytes;
    }

    int events() {
        return events;
    }

    /// The time of the event that was longest on its way, or [#UNTIMED].
    long oldestMillis() {
        return oldestMillis;
    }

    @Override
    public byte[] get(int index) {
        return pieces[index];
    }

    @Override
    public int size() {
        return size;
    }
}
