package dev.fanfare.load.cli;

import dev.fanfare.load.run.Disturbance;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Everybody reconnects at once.
@Command(
        name = "storm",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description =
                "As fanout, but after a quarter of the time a share of the sessions leaves at once, stays away, and"
                        + " comes back at once with its cursors. What they miss meanwhile has to come, each event once.")
final class StormCommand extends Scenario {
    @Option(
            names = "--share",
            defaultValue = "0.9",
            description = "of the sessions that leave; the rest shows what the others notice (${DEFAULT-VALUE})")
    private double share;

    @Option(
            names = "--away",
            defaultValue = "5s",
            description = "how long: times --rate, by channel, is how far behind they are (${DEFAULT-VALUE})")
    private Duration away = Duration.ZERO;

    @Mixin
    private final ReturnOptions returning = new ReturnOptions();

    @Override
    double share() {
        return share;
    }

    @Override
    String specialName() {
        return "back";
    }

    @Override
    Disturbance disturbance() {
        returning.check();
        return (clients, source, duration) ->
                returning.storm(duration.dividedBy(4), away).run(clients, source, duration);
    }
}
