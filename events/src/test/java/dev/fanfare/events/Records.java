package dev.fanfare.events;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/// Records as a consumer of byte arrays gets them: topic `orders`, partition 0, offset 42, 2026-11-21T09:30:00Z.
final class Records {
    static final long TIMESTAMP = 1_795_253_400_000L;

    private Records() {}

    static ConsumerRecord<byte[], byte[]> record(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        return new ConsumerRecord<>(
                "orders",
                0,
                42,
                TIMESTAMP,
                TimestampType.CREATE_TIME,
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                key,
                value,
                headers,
                Optional.of(3));
    }

    static ConsumerRecord<byte[], byte[]> record(@Nullable String value, String... headers) {
        return record(null, value == null ? null : utf8(value), headers(headers));
    }

    /// Name, value, name, value.
    static Headers headers(String... namesAndValues) {
        var headers = new RecordHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], utf8(namesAndValues[i + 1]));
        }
        return headers;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
