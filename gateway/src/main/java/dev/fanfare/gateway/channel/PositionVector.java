package dev.fanfare.gateway.channel;

import java.util.Arrays;

/// A position in every partition: the next offset to be read, and the leader epoch of the one before it (-1 if
/// unknown). Indexed as [Topology] says; components beyond its length are offset 0. Immutable, but for the private
/// copies that [#mutable()] makes.
public final class PositionVector {
    /// The start of everything.
    public static final PositionVector START = new PositionVector(new long[0], new int[0]);

    private final long[] offsets;
    private final int[] epochs;

    private PositionVector(long[] offsets, int[] epochs) {
        this.offsets = offsets;
        this.epochs = epochs;
    }

    public long offset(int index) {
        return index < offsets.length ? offsets[index] : 0;
    }

    public int epoch(int index) {
        return index < epochs.length ? epochs[index] : -1;
    }

    int size() {
        return offsets.length;
    }

    /// Whether no component is ahead of the other's.
    public boolean isAtMost(PositionVector other) {
        for (int i = 0; i < offsets.length; i++) {
            if (offsets[i] > other.offset(i)) {
                return false;
            }
        }
        return true;
    }

    /// The greater of both, component by component.
    public PositionVector max(PositionVector other) {
        int n = Math.max(offsets.length, other.offsets.length);
        var max = mutable(n);
        for (int i = 0; i < n; i++) {
            if (other.offset(i) > offset(i)) {
                max.set(i, other.offset(i), other.epoch(i));
            }
        }
        return max.done();
    }

    /// A copy with one component changed.
    public PositionVector with(int index, long offset, int epoch) {
        return mutable(index + 1).set(index, offset, epoch).done();
    }

    /// A copy to be changed by one thread, with at least so many components.
    public Mutable mutable(int size) {
        int n = Math.max(size, offsets.length);
        var copy = new PositionVector(Arrays.copyOf(offsets, n), Arrays.copyOf(epochs, n));
        Arrays.fill(copy.epochs, epochs.length, n, -1);
        return new Mutable(copy);
    }

    /// A vector under construction. Not thread-safe; of no use after [#done()].
    public static final class Mutable {
        private final PositionVector vector;

        private Mutable(PositionVector vector) {
            this.vector = vector;
        }

        public Mutable set(int index, long offset, int epoch) {
            vector.offsets[index] = offset;
            vector.epochs[index] = epoch;
            return this;
        }

        public long offset(int index) {
            return vector.offsets[index];
        }

        public PositionVector done() {
            return vector;
        }

        /// What it is now; goes on being mutable.
        public PositionVector copy() {
            return vector.mutable(0).done();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PositionVector that && isAtMost(that) && that.isAtMost(this);
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (int i = 0; i < offsets.length; i++) {
            hash += Long.hashCode(offsets[i]) * (2 * i + 1); // trailing zeros do not count
        }
        return hash;
    }

    @Override
    public String toString() {
        return Arrays.toString(offsets);
    }
}
