package dev.fanfare.load.cli;

import dev.fanfare.load.run.Disturbance;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Everybody comes from far behind.
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "All sessions leave, events are published for the measured time, and all come back with their"
                + " cursors: how long they take to have everything.")
final class ReplayCommand extends Scenario {
    @Mixin
    private final ReturnOptions returning = new ReturnOptions();

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
        returning.check();
        return (clients, source, duration) ->
                returning.storm(Duration.ZERO, duration).run(clients, source, duration);
    }
}
