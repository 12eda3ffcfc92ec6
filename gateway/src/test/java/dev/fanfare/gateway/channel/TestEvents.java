package dev.fanfare.gateway.channel;

import dev.fanfare.events.Event;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Events as tests need them.
public final class TestEvents {
    private TestEvents() {}

    public static Event event(String topic, int partition, long offset, String data) {
        return event(topic, partition, offset, data, 1_700_000_000_000L);
    }

    public static Event event(String topic, int partition, long offset, String data, long timestamp) {
        return event(topic, partition, offset, data, timestamp, null);
    }

    public static Event event(
            String topic, int partition, long offset, String data, long timestamp, @Nullable String key) {
        return new Event(
                topic + "/" + partition + "/" + offset,
                "/kafka/" + topic,
                "test",
                null,
                "text/plain",
                null,
                Instant.ofEpochMilli(Math.max(0, timestamp)),
                data.getBytes(StandardCharsets.UTF_8),
                false,
                Map.of(),
                key,
                topic,
                partition,
                offset,
                timestamp);
    }
}
