package dev.fanfare.webhook.http;

import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;

/// How a call ended.
sealed interface Outcome {
    record Answered(Answer answer, Timings timings) implements Outcome {}

    record Unanswered(Result result) implements Outcome {}
}
