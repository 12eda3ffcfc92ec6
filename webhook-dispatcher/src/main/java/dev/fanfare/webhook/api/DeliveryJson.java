package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.store.Delivery;

/// Deliveries, attempts and events as people read them.
final class DeliveryJson {
    private DeliveryJson() {}

    static ObjectNode delivery(Delivery delivery) {
        var message = delivery.id().message();
        return Json.object()
                .put("id", delivery.id().toString())
                .put("messageId", message.toString())
                .put("endpoint", delivery.id().endpoint().value())
                .put("topicId", message.topicId().toString())
                .put("partition", message.partition())
                .put("offset", message.offset())
                .put("state", delivery.state().code())
                .put("at", delivery.at().toString())
                .put("reason", delivery.reason().orElse(null))
                .put("attempts", delivery.attempts())
                .put("due", delivery.due().map(Object::toString).orElse(null));
    }

    /// Times in milliseconds; null for a step that did not happen.
    static ObjectNode attempt(Attempt attempt) {
        var result = attempt.result();
        var node = Json.object()
                .put("number", attempt.number())
                .put("trigger", attempt.trigger().code())
                .put("at", attempt.at().toString())
                .put("reason", result.reason().code())
                .put("detail", result.detail())
                .put("responseHead", result.responseHead());
        if (result.status() > 0) {
            node.put("status", result.status());
        } else {
            node.putNull("status");
        }
        var timings = node.putObject("timings");
        millis(timings, "dns", result.timings().dns());
        millis(timings, "connect", result.timings().connect());
        millis(timings, "tls", result.timings().tls());
        millis(timings, "firstByte", result.timings().firstByte());
        millis(timings, "total", result.timings().total());
        return node;
    }

    static ObjectNode event(Message message) {
        var event = message.event();
        var node = Json.object()
                .put("id", event.id())
                .put("source", event.source())
                .put("type", event.type())
                .put("subject", event.subject())
                .put("time", event.time().toString())
                .put("key", event.key())
                .put("tenant", message.tenant());
        var channels = node.putArray("channels");
        message.channels().forEach(channel -> channels.add(channel.value()));
        return node;
    }

    private static void millis(ObjectNode timings, String name, int millis) {
        if (millis < 0) {
            timings.putNull(name);
        } else {
            timings.put(name, millis);
        }
    }
}
