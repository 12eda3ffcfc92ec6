package dev.fanfare.gateway.publish;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record on its way to Kafka, valid as it is: [PublishRequests] makes them.
///
/// @param key decides the partition, and so the order
/// @param value written unchanged; never modified after this was made; null is Kafka's tombstone
/// @param id the CloudEvent's `id`; null for a plain record, whose id is its position
/// @param source the CloudEvent's `source`; null for a plain record
@SuppressWarnings("ArrayRecordComponent") // an event's bytes are handed through, never compared
public record Outgoing(
        @Nullable String key,
        byte @Nullable [] value,
        List<Header> headers,
        @Nullable String id,
        @Nullable String source) {

    /// A record header; the value goes out as UTF-8.
    public record Header(String name, String value) {}

    public Outgoing {
        headers = List.copyOf(headers);
    }
}
