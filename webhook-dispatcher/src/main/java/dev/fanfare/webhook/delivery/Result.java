package dev.fanfare.webhook.delivery;

import java.time.Duration;
import java.util.Optional;

/// What came of one call.
///
/// @param status of the answer, 0 if there was none
/// @param detail a sentence for people; no secret, no address of the inner network
/// @param responseHead the beginning of the answer's body as text, at most 4 KiB, with what a database refuses replaced
/// @param retryAfter how long the receiver asked to be left alone, capped
public record Result(
        Reason reason, int status, String detail, Timings timings, String responseHead, Optional<Duration> retryAfter) {

    /// A call that had no answer.
    public static Result without(Reason reason, String detail, Timings timings) {
        return new Result(reason, 0, detail, timings, "", Optional.empty());
    }
}
