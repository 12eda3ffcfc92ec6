package dev.fanfare.webhook.http;

import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// What an answer means.
final class Outcomes {
    /// Standard Webhooks, proposal "Delivery control" (pull request 291): what the receiver wants with further calls.
    private static final String CONTROL = "webhook-delivery";

    private Outcomes() {}

    /// A `disable` counts whatever the status, and the status then tells whether the event has arrived; an
    /// `abort-message` only where there would be another try. A 2xx counts once the answer is whole or 16 KiB of it
    /// are read; of every other status, the head is enough.
    static Result of(Answer answer, Timings timings, Instant now, Duration timeout) {
        var status = answer.status();
        var success = status >= 200 && status < 300;
        var control = Optional.ofNullable(answer.headers().get(CONTROL))
                .orElse("")
                .strip()
                .toLowerCase(Locale.ROOT);
        if (control.equals("disable")) {
            return result(
                    answer, timings, now, Reason.DISABLED_BY_RECEIVER, "The receiver asks to be sent nothing more.");
        }
        if (success) {
            return answer.broken()
                    .map(broken -> result(
                            answer,
                            timings,
                            now,
                            Failures.isTimeout(broken) ? Reason.TIMEOUT : Reason.CONNECTION_LOST,
                            Failures.isTimeout(broken)
                                    ? "The answer began with %d, but did not end within %s."
                                            .formatted(status, Failures.seconds(timeout))
                                    : "The answer began with %d, but the connection broke before its end."
                                            .formatted(status)))
                    .orElseGet(() ->
                            result(answer, timings, now, Reason.DELIVERED, "The receiver answered " + status + "."));
        }
        if (control.equals("abort-message")) {
            return result(
                    answer,
                    timings,
                    now,
                    Reason.ABORTED_BY_RECEIVER,
                    "The receiver answered %d and does not want this message again.".formatted(status));
        }
        return switch (status) {
            case 410 -> result(answer, timings, now, Reason.GONE, "The receiver answered 410: it is gone for good.");
            case 429 ->
                result(answer, timings, now, Reason.THROTTLED, "The receiver answered 429: it gets too many calls.");
            default ->
                status >= 300 && status < 400
                        ? result(
                                answer,
                                timings,
                                now,
                                Reason.REDIRECT,
                                "The receiver answered %d, a redirect, which is not followed.".formatted(status))
                        : result(answer, timings, now, Reason.STATUS, "The receiver answered " + status + ".");
        };
    }

    private static Result result(Answer answer, Timings timings, Instant now, Reason reason, String detail) {
        var retryAfter = reason == Reason.DELIVERED ? Optional.<Duration>empty() : RetryAfter.of(answer.headers(), now);
        return new Result(reason, answer.status(), detail, timings, ResponseHead.of(answer.body()), retryAfter);
    }
}
