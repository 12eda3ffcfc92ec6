package dev.fanfare.quickstart.receiver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/// A webhook that came, as the page shows it.
///
/// @param time when it came first
/// @param id its `webhook-id`
/// @param type of its event; empty if it says none
/// @param problem why its signature is not accepted; empty if it is verified
/// @param body the beginning of its body
/// @param times how often it came
record Webhook(Instant time, String id, String type, String problem, String body, int times) {
    boolean isVerified() {
        return problem.isEmpty();
    }

    Webhook again() {
        return new Webhook(time, id, type, problem, body, times + 1);
    }

    void writeTo(ObjectNode json) {
        json.put("time", time.toString())
                .put("id", id)
                .put("type", type)
                .put("verified", isVerified())
                .put("problem", problem)
                .put("body", body)
                .put("times", times);
    }
}
