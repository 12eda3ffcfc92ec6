package dev.fanfare.load.cli;

import dev.fanfare.load.run.Disturbance;
import dev.fanfare.load.run.Storm;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Everybody comes from far behind.
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "All sessions leave, events are published for the measured time, and all come back with their"
                + " cursors: how long they take to have everything.")
final class ReplayCommand extends Scenario {
    @Option(
            names = "--return-rate",
            defaultValue = "100000",
            description = "sessions per second that connect when they come back, at most (${DEFAULT-VALUE})")
    private double returnRate;

    @Option(
            names = "--catch-up",
            defaultValue = "10m",
            converter = Conversions.Time.class,
            description = "how long they may take to have all (${DEFAULT-VALUE})")
    private Duration catchUp = Duration.ZERO;

    @Override
    double share() {
        return 1;
    }

    @Override
    String specialName() {
        return "back";
    }

    @Override
    Disturbance disturbance() {
        Check.atLeast("--return-rate", returnRate, 1);
        return (clients, source, duration) ->
                new Storm(Duration.ZERO, duration, returnRate, catchUp).run(clients, source, duration);
    }
}
