package dev.fanfare.load.cli;

import dev.fanfare.load.run.Disturbance;
import picocli.CommandLine.Command;

/// Many sessions, some channels, events at a rate: what most runs are.
@Command(
        name = "fanout",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Connects sessions, publishes events on schedule, checks and measures each delivery.")
final class Fanout extends Scenario {
    @Override
    double share() {
        return 0;
    }

    @Override
    String specialName() {
        return "";
    }

    @Override
    Disturbance disturbance() {
        return Disturbance.NONE;
    }
}
