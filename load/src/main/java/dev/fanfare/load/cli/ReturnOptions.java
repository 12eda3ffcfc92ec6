package dev.fanfare.load.cli;

import dev.fanfare.load.run.Storm;
import java.time.Duration;
import picocli.CommandLine.Option;

/// How those that have left come back.
final class ReturnOptions {
    @Option(
            names = "--return-rate",
            defaultValue = "100000",
            description = "sessions per second that connect when they come back, at most (${DEFAULT-VALUE})")
    private double rate;

    @Option(
            names = "--catch-up",
            defaultValue = "2m",
            description = "how long they may take to have all (${DEFAULT-VALUE})")
    private Duration catchUp = Duration.ZERO;

    /// @param after when they leave, from the measured time's start
    /// @param away for how long
    Storm storm(Duration after, Duration away) {
        return new Storm(after, away, rate, catchUp);
    }

    /// Before anything is started.
    void check() {
        Check.atLeast("--return-rate", rate, 1);
    }
}
