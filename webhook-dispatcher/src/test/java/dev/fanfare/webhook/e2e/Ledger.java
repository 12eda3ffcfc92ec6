package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Set;

/// Compares what was sent with what a path of a receiver has taken.
record Ledger(Receiver receiver, String path) {
    /// What is still missing.
    Set<String> missing(Collection<String> sent) {
        var missing = new HashSet<>(sent);
        receiver.taken(path).forEach(call -> missing.remove(call.body()));
        return missing;
    }

    /// Takes of an event beyond the first.
    int doubles() {
        var taken = receiver.taken(path).stream()
                .filter(call -> !call.body().equals("probe")) // which is sent more than once
                .toList();
        return taken.size()
                - (int) taken.stream().map(Receiver.Call::body).distinct().count();
    }

    /// Each event has one id, whether it was taken or not, and no other event has it.
    void hasOneIdPerEvent() {
        var ids = new HashMap<String, String>();
        var bodies = new HashMap<String, String>();
        for (var call : receiver.calls()) {
            if (call.body().equals("probe")) {
                continue;
            }
            assertThat(ids.merge(call.body(), call.id(), (before, _) -> before))
                    .as("webhook-id of " + call.body())
                    .isEqualTo(call.id());
            assertThat(bodies.merge(call.id(), call.body(), (before, _) -> before))
                    .as("body of " + call.id())
                    .isEqualTo(call.body());
        }
    }
}
