package dev.fanfare.load.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.fanfare.load.client.Crowd;
import dev.fanfare.load.client.Transport;
import java.lang.management.ManagementFactory;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Who listens to what.
final class CrowdOptions {
    private static final int OTHER_FILES = 200;

    @Option(names = "--sessions", defaultValue = "1000", description = "how many (${DEFAULT-VALUE})")
    private int sessions;

    @Option(names = "--channels", defaultValue = "1", description = "how many (${DEFAULT-VALUE})")
    private int channels;

    @Option(
            names = "--channels-per-session",
            defaultValue = "1",
            description = "to how many of them each session subscribes (${DEFAULT-VALUE})")
    private int channelsPerSession;

    @Option(
            names = "--connect-rate",
            defaultValue = "1000",
            description = "sessions per second that connect at most (${DEFAULT-VALUE})")
    private double connectRate;

    @Mixin
    private final LoopOptions loops = new LoopOptions();

    int channels() {
        Check.atLeast("--channels", channels, 1);
        return channels;
    }

    Crowd crowd(Map<Transport, Integer> mix, boolean fromZero, double share, String specialName) {
        Check.atLeast("--sessions", sessions, 1);
        Check.atLeast("--channels-per-session", channelsPerSession, 1);
        Check.atLeast("--connect-rate", connectRate, 1);
        if (channelsPerSession > channels()) {
            throw new Misuse("--channels-per-session %d are more than there are: raise --channels %d"
                    .formatted(channelsPerSession, channels));
        }
        files();
        return new Crowd(
                sessions, mix, channels, channelsPerSession, connectRate, loops.count(), share, specialName, fromZero);
    }

    private void files() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && sessions > system.getMaxFileDescriptorCount() - OTHER_FILES) {
            throw new Misuse("--sessions %d need as many open files, and this process may have %d: raise 'ulimit -n'"
                    .formatted(sessions, system.getMaxFileDescriptorCount()));
        }
    }
}
