package dev.fanfare.load.publish;

import dev.fanfare.load.check.Micros;
import java.util.concurrent.locks.LockSupport;

/// Waits for a time; without a busy loop, so about 50 µs late.
final class Pacer {
    private Pacer() {}

    static void await(long micros) throws InterruptedException {
        for (long left = micros - Micros.now(); left > 0; left = micros - Micros.now()) {
            LockSupport.parkNanos(left * 1000);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }
}
