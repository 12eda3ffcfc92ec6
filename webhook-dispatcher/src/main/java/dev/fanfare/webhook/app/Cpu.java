package dev.fanfare.webhook.app;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/// The load of this machine's processors, or of the container's share.
///
/// Threads: one at a time.
final class Cpu {
    private static final double BUSY = 0.85;
    private static final long SAMPLE = Duration.ofMillis(200).toNanos();

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private long sampledAt = System.nanoTime() - SAMPLE;
    private boolean busy;

    /// Whether hardly anything of it was idle lately.
    boolean isBusy() {
        long now = System.nanoTime();
        if (now - sampledAt >= SAMPLE) {
            busy = system.getCpuLoad() >= BUSY; // since the last time that it was asked for
            sampledAt = now;
        }
        return busy;
    }
}
