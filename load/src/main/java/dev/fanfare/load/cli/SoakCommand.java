package dev.fanfare.load.cli;

import dev.fanfare.load.run.Disturbance;
import dev.fanfare.load.run.ServerMemory;
import dev.fanfare.load.run.Soak;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// For hours, and does the server's memory grow?
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "As churn, for hours (--duration 4h): fails also if the server's memory, or its sessions, grow"
                + " (--server-pid, --server-metrics). Says every minute how it stands.")
final class SoakCommand extends Scenario {
    @Option(
            names = "--share",
            defaultValue = "0.2",
            description = "of the sessions that come and go (${DEFAULT-VALUE})")
    private double share;

    @Option(names = "--churn-rate", defaultValue = "1", description = "how many per second (${DEFAULT-VALUE})")
    private double churnRate;

    @Option(
            names = "--heap-metric",
            defaultValue = "memory_usedHeap_bytes",
            description = "its used heap, in bytes; all labels, or from the first on: name{area=\"heap\""
                    + " (${DEFAULT-VALUE})")
    private String heapMetric = "";

    @Option(
            names = "--sessions-metric",
            defaultValue = "fanfare_sessions",
            description = "its open sessions (${DEFAULT-VALUE})")
    private String sessionsMetric = "";

    @Option(
            names = "--growth-max",
            defaultValue = "50",
            description = "megabytes per hour that the process and its heap may grow (${DEFAULT-VALUE})")
    private double growthMax;

    @Option(
            names = "--growth-noise",
            defaultValue = "16",
            description = "less than so many megabytes in all is no growth (${DEFAULT-VALUE})")
    private double growthNoise;

    @Option(
            names = "--interim",
            defaultValue = "1m",
            description = "how often it says how it stands (${DEFAULT-VALUE})")
    private Duration interim = Duration.ZERO;

    @Override
    double share() {
        return share;
    }

    @Override
    String specialName() {
        return "churn";
    }

    @Override
    Disturbance disturbance() {
        Check.atLeast("--churn-rate", churnRate, 0);
        Check.atLeast("--growth-max", growthMax, 0);
        Check.atLeast("--growth-noise", growthNoise, 0);
        if (interim.isZero()) {
            throw new Misuse("--interim 0s is too often: use 1s at least");
        }
        var memory = new ServerMemory(process(), metrics(), heapMetric, sessionsMetric);
        return new Soak(churnRate, memory, growthMax, growthNoise, interim, progress());
    }
}
