package dev.fanfare.webhook.journal;

import java.time.Instant;
import java.util.Map;

/// Something that operators and endpoints' owners want to know: published to Kafka as a CloudEvent.
///
/// @param type such as `endpoint.disabled`
/// @param subject an endpoint's or a delivery's id, or a partition
/// @param data JSON members
public record OperationalEvent(String type, String subject, Instant at, Map<String, String> data) {
    public OperationalEvent {
        data = Map.copyOf(data);
    }
}
