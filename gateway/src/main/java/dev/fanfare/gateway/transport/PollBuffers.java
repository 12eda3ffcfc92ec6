package dev.fanfare.gateway.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.atomic.AtomicLong;

/// What all polls of this node together hold for their answers, until these are written. Beyond the bound a poll is
/// answered with what it has, which is one write of its session at most; beyond twice the bound no further poll is
/// let in.
///
/// Threads: everything may be called by any thread.
final class PollBuffers {
    private final long bytesMax;
    private final AtomicLong held = new AtomicLong();

    PollBuffers(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// Bytes of all answers that are not out yet.
    long held() {
        return held.get();
    }

    /// Whether polls should be answered with what they have.
    boolean isSpent() {
        return held.get() >= bytesMax;
    }

    /// Whether no further poll should come.
    boolean isOverdrawn() {
        return held.get() / 2 >= bytesMax;
    }

    Share open() {
        return new Share();
    }

    /// What one poll holds, and then those that follow it on its connection.
    final class Share implements AutoCloseable {
        @GuardedBy("this")
        private long bytes;

        @GuardedBy("this")
        private boolean closed;

        private Share() {}

        synchronized void add(int more) {
            if (!closed) {
                bytes += more;
                held.addAndGet(more);
            }
        }

        boolean isSpent() {
            return PollBuffers.this.isSpent();
        }

        boolean isOverdrawn() {
            return PollBuffers.this.isOverdrawn();
        }

        /// The answer is out.
        synchronized void release() {
            held.addAndGet(-bytes);
            bytes = 0;
        }

        /// Nobody wants another answer.
        @Override
        public synchronized void close() {
            release();
            closed = true;
        }
    }
}
