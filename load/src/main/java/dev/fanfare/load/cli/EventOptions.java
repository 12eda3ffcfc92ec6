package dev.fanfare.load.cli;

import dev.fanfare.load.check.Fields;
import dev.fanfare.load.check.Payload;
import java.time.Duration;
import picocli.CommandLine.Option;

/// What is sent, and for how long.
final class EventOptions {
    @Option(
            names = "--rate",
            defaultValue = "10",
            description = "events per second, on all channels (${DEFAULT-VALUE})")
    private double rate;

    @Option(names = "--bytes", defaultValue = "200", description = "of each event's data (${DEFAULT-VALUE})")
    private int bytes;

    @Option(
            names = "--warm-up",
            defaultValue = "5s",
            description = "events before the measured time: checked, not measured (${DEFAULT-VALUE})")
    private Duration warmUp = Duration.ZERO;

    @Option(names = "--duration", defaultValue = "30s", description = "the measured time (${DEFAULT-VALUE})")
    private Duration duration = Duration.ZERO;

    @Option(
            names = "--drain",
            defaultValue = "10s",
            description = "how long what was sent may take to come, at the end (${DEFAULT-VALUE})")
    private Duration drain = Duration.ZERO;

    @Option(
            names = "--connect-timeout",
            defaultValue = "30s",
            description = "what all sessions may take to be open, beyond --connect-rate (${DEFAULT-VALUE})")
    private Duration connectTimeout = Duration.ZERO;

    @Option(names = "--field-channel", defaultValue = "ch", description = "the marker's members (${DEFAULT-VALUE})")
    private String fieldChannel = "";

    @Option(names = "--field-sequence", defaultValue = "seq", description = "(${DEFAULT-VALUE})")
    private String fieldSequence = "";

    @Option(names = "--field-time", defaultValue = "at", description = "(${DEFAULT-VALUE})")
    private String fieldTime = "";

    double rate() {
        Check.atLeast("--rate", rate, 0.001);
        return rate;
    }

    int bytes() {
        return bytes;
    }

    Payload payload() {
        if (bytes < Payload.bytesMin(fields())) {
            throw new Misuse(
                    "--bytes %d do not hold the marker: use at least %d".formatted(bytes, Payload.bytesMin(fields())));
        }
        return new Payload(fields(), bytes);
    }

    Fields fields() {
        return new Fields(fieldChannel, fieldSequence, fieldTime);
    }

    Duration warmUp() {
        return warmUp;
    }

    Duration duration() {
        if (duration.isZero()) {
            throw new Misuse("--duration 0s measures nothing: use 1s at least");
        }
        return duration;
    }

    Duration drain() {
        return drain;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }
}
