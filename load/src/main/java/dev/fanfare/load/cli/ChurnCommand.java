package dev.fanfare.load.cli;

import dev.fanfare.load.run.Churn;
import dev.fanfare.load.run.Disturbance;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Sessions come and go.
@Command(
        name = "churn",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "As fanout, but sessions leave at a rate and come back at once with their cursors.")
final class ChurnCommand extends Scenario {
    @Option(names = "--share", defaultValue = "0.5", description = "of the sessions that do so (${DEFAULT-VALUE})")
    private double share;

    @Option(names = "--churn-rate", defaultValue = "100", description = "how many per second (${DEFAULT-VALUE})")
    private double churnRate;

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
        Check.atLeast("--churn-rate", churnRate, 0.001);
        return new Churn(churnRate);
    }
}
