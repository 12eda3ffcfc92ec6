package dev.fanfare.gateway.publish;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;

/// What a client is told when Kafka does not take its events.
final class Failures {
    /// Seconds.
    private static final Map<String, String> RETRY = Map.of("Retry-After", "1");

    private Failures() {}

    /// The answer was not there in time; what was sent may still be written.
    static ProblemException late(Duration wait) {
        return new ProblemException(
                ErrorCode.KAFKA_AWAY,
                "Kafka did not acknowledge within %d ms, it may still: repeat with the same Idempotency-Key or id"
                        .formatted(wait.toMillis()),
                RETRY);
    }

    /// @param cause of the first event that was not written
    /// @param attempts of the whole request, in its order
    static ProblemException of(Exception cause, List<Attempt> attempts) {
        var written = written(attempts);
        return switch (cause) {
            case RecordTooLargeException _ ->
                new ProblemException(
                        ErrorCode.TOO_LARGE,
                        "Kafka refuses an event as too large for its topic: send a smaller one" + written);
            case RetriableException _ ->
                new ProblemException(
                        ErrorCode.KAFKA_AWAY, "Kafka does not acknowledge: publish again later" + written, RETRY);
            case IllegalStateException _ ->
                new ProblemException(ErrorCode.SHUTTING_DOWN, "the gateway stops: publish again" + written, RETRY);
            default ->
                new ProblemException(
                        ErrorCode.INTERNAL,
                        "Kafka refuses the event (%s): the gateway's log says why"
                                        .formatted(cause.getClass().getSimpleName())
                                + written);
        };
    }

    /// Which events of a batch were written, counted from 1: `; written: 1-3, 5 of 6`. Nothing for a single event.
    private static String written(List<Attempt> attempts) {
        if (attempts.size() == 1) {
            return "";
        }
        var ranges = new StringJoiner(", ", "; written: ", " of " + attempts.size() + " events")
                .setEmptyValue("; none of the " + attempts.size() + " events was acknowledged");
        for (var i = 0; i < attempts.size(); i++) {
            if (attempts.get(i) instanceof Attempt.Written) {
                var first = i;
                while (i + 1 < attempts.size() && attempts.get(i + 1) instanceof Attempt.Written) {
                    i++;
                }
                ranges.add(first == i ? String.valueOf(first + 1) : (first + 1) + "-" + (i + 1));
            }
        }
        return ranges.toString();
    }
}
