package dev.fanfare.gateway.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Buffers in which what goes out with one write is put together: outside of the heap, where the operating system takes
/// it from without a further copy. Each is had for the time of a write that does not wait, so a few are enough.
///
/// Threads: any.
final class Scratch {
    static final int BYTES = 128 * 1024;
    private static final AtomicReferenceArray<@Nullable ByteBuffer> FREE =
            new AtomicReferenceArray<>(4 * Runtime.getRuntime().availableProcessors());

    private Scratch() {}

    /// An empty buffer of [#BYTES], to be given back.
    static ByteBuffer take() {
        for (int i = 0; i < FREE.length(); i++) {
            var free = FREE.get(i) == null ? null : FREE.getAndSet(i, null);
            if (free != null) {
                return free;
            }
        }
        return ByteBuffer.allocateDirect(BYTES);
    }

    static void giveBack(ByteBuffer buffer) {
        buffer.clear();
        for (int i = 0; i < FREE.length(); i++) {
            if (FREE.get(i) == null && FREE.compareAndSet(i, null, buffer)) {
                return;
            }
        }
    }
}
