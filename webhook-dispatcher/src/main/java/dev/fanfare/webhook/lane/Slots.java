package dev.fanfare.webhook.lane;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// The calls of all lanes that run at a time. A quarter of them is for lanes that hold none; of the others a lane may
/// hold fewer than are free (the dynamic threshold that switches use for shared buffers: Choudhury and Hahne, 1998).
/// So a lane alone gets three in eight, and if a few hundred endpoints hang, another one still finds a slot.
///
/// Threads: any.
final class Slots {
    private final int max;
    private final int reserve; // for lanes that hold none
    private final AtomicInteger running = new AtomicInteger();
    private final Object idle = new Object();

    Slots(int max) {
        this.max = max;
        this.reserve = max / 4;
    }

    int running() {
        return running.get();
    }

    /// Takes one, if a lane that holds so many may.
    boolean take(int held) {
        int now = running.get();
        while (held == 0 ? now < max : held < max - reserve - now) {
            if (running.compareAndSet(now, now + 1)) {
                return true;
            }
            now = running.get();
        }
        return false;
    }

    void release() {
        if (running.decrementAndGet() == 0) {
            synchronized (idle) {
                idle.notifyAll();
            }
        }
    }

    /// Waits until none runs.
    ///
    /// @return whether that came about in time
    boolean awaitIdle(Duration deadline) throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        synchronized (idle) {
            while (running.get() > 0) {
                long millis = Math.ceilDiv(end - System.nanoTime(), 1_000_000L);
                if (millis <= 0) {
                    return false;
                }
                idle.wait(millis);
            }
            return true;
        }
    }
}
