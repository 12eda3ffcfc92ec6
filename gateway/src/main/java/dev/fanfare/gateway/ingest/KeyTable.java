package dev.fanfare.gateway.ingest;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// The newest offset of each key of a partition. A key is known by half of its SHA-256, which nobody can make another
/// key collide with: at 36 to 72 bytes a key, however long the keys are.
///
/// Threads: any; each call is short.
final class KeyTable {
    private static final int FIRST_CAPACITY = 64;
    private static final long FREE = -1;

    /// How often partitions had been cut back when it was begun.
    final int truncations;

    @GuardedBy("this")
    private long[] high = new long[FIRST_CAPACITY];

    @GuardedBy("this")
    private long[] low = new long[FIRST_CAPACITY];

    @GuardedBy("this")
    private long[] offsets = free(FIRST_CAPACITY);

    @GuardedBy("this")
    private int size;

    private volatile long end; // up to where the partition was read

    KeyTable(int truncations) {
        this.truncations = truncations;
    }

    private static long[] free(int capacity) {
        var offsets = new long[capacity];
        Arrays.fill(offsets, FREE);
        return offsets;
    }

    /// Up to where the partition was read.
    long end() {
        return end;
    }

    void readTo(long offset) {
        end = offset;
    }

    synchronized int size() {
        return size;
    }

    /// The newest offset of a key; -1 if none is known.
    long newest(String key) {
        var hash = hash(key);
        long h = hash.getLong();
        long l = hash.getLong();
        synchronized (this) {
            return offsets[slot(h, l)];
        }
    }

    /// A key has a record there, which is newer than all that were put.
    ///
    /// @return whether the key is new
    @CanIgnoreReturnValue
    boolean put(String key, long offset) {
        var hash = hash(key);
        long h = hash.getLong();
        long l = hash.getLong();
        synchronized (this) {
            int slot = slot(h, l);
            boolean isNew = offsets[slot] == FREE;
            high[slot] = h;
            low[slot] = l;
            offsets[slot] = offset;
            if (isNew && ++size > offsets.length / 3 * 2) {
                grow();
            }
            return isNew;
        }
    }

    /// Where the key is, or would be.
    @GuardedBy("this")
    private int slot(long h, long l) {
        int mask = offsets.length - 1;
        int slot = (int) h & mask;
        while (offsets[slot] != FREE && (high[slot] != h || low[slot] != l)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    @GuardedBy("this")
    private void grow() {
        var oldHigh = high;
        var oldLow = low;
        var old = offsets;
        high = new long[2 * old.length];
        low = new long[2 * old.length];
        offsets = free(2 * old.length);
        for (int i = 0; i < old.length; i++) {
            if (old[i] != FREE) {
                int slot = slot(oldHigh[i], oldLow[i]);
                high[slot] = oldHigh[i];
                low[slot] = oldLow[i];
                offsets[slot] = old[i];
            }
        }
    }

    private static ByteBuffer hash(String key) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return ByteBuffer.wrap(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) { // every JDK has it
            throw new IllegalStateException(impossible);
        }
    }
}
