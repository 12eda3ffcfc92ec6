package dev.fanfare.gateway.listener;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Buffers of one size in which what goes out with one write is put together, or TLS works: outside of the heap, where
/// the operating system takes it from without a further copy. Each is had for the time of something that does not
/// wait, so a few are enough.
///
/// Threads: any.
public final class Scratch {
    private final int bytes;
    private final AtomicReferenceArray<@Nullable ByteBuffer> free =
            new AtomicReferenceArray<>(4 * Runtime.getRuntime().availableProcessors());

    /// @param bytes that each buffer holds
    public Scratch(int bytes) {
        this.bytes = bytes;
    }

    /// An empty buffer, to be given back.
    public ByteBuffer take() {
        for (int i = 0; i < free.length(); i++) {
            var one = free.get(i) == null ? null : free.getAndSet(i, null);
            if (one != null) {
                return one;
            }
        }
        return ByteBuffer.allocateDirect(bytes);
    }

    public void giveBack(ByteBuffer buffer) {
        buffer.clear();
        for (int i = 0; i < free.length(); i++) {
            if (free.get(i) == null && free.compareAndSet(i, null, buffer)) {
                return;
            }
        }
    }
}
