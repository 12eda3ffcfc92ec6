package dev.fanfare.load.cli;

import dev.fanfare.load.run.Disturbance;
import dev.fanfare.load.run.Storm;
import java.time.Duration;
import picocli.CommandLine.Command;
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
            converter = Conversions.Time.class,
            description = "how long: times --rate, by channel, is how far behind they are (${DEFAULT-VALUE})")
    private Duration away = Duration.ZERO;

    @Option(
            names = "--return-rate",
            defaultValue = "100000",
            description = "sessions per second that connect when they come back, at most (${DEFAULT-VALUE})")
    private double returnRate;

    @Option(
            names = "--catch-up",
            defaultValue = "60s",
            converter = Conversions.Time.class,
            description = "how long they may take to have all (${DEFAULT-VALUE})")
    private Duration catchUp = Duration.ZERO;

    @Override
    double share() {
        Check.share("--share", share);
        return share;
    }

    @Override
    String specialName() {
        return "back";
    }

    @Override
    Disturbance disturbance() {
        Check.atLeast("--return-rate", returnRate, 1);
        return (clients, source, duration) ->
                new Storm(duration.dividedBy(4), away, returnRate, catchUp).run(clients, source, duration);
    }
}
