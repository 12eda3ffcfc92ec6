package dev.fanfare.load.cli;

import dev.fanfare.load.run.Disturbance;
import dev.fanfare.load.run.Slowness;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Some clients do not keep up.
@Command(
        name = "slow",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "As fanout, but a share of the sessions reads slowly, or not at all, until the measured time is"
                + " over. Those that the server ends meanwhile come back with their cursors.")
final class SlowCommand extends Scenario {
    @Option(
            names = "--share",
            defaultValue = "0.05",
            description = "of the sessions that do so; the rest shows what the others notice (${DEFAULT-VALUE})")
    private double share;

    @Option(
            names = "--read-rate",
            defaultValue = "0",
            description = "bytes per second that each of them reads; 0: none (${DEFAULT-VALUE})")
    private long readRate;

    @Override
    double share() {
        return share;
    }

    @Override
    String specialName() {
        return "slow";
    }

    @Override
    Disturbance disturbance() {
        Check.atLeast("--read-rate", (double) readRate, 0);
        return new Slowness(readRate);
    }
}
