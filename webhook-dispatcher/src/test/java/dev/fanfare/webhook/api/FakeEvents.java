package dev.fanfare.webhook.api;

import java.util.HashMap;
import java.util.Map;

/// Kafka, as far as single events go.
final class FakeEvents implements Events {
    final Map<Long, Found> byOffset = new HashMap<>();

    @Override
    public Found find(String topic, int partition, long offset) {
        return byOffset.getOrDefault(offset, new Absent("The topic has no offset %d.".formatted(offset)));
    }
}
