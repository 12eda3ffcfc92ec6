package dev.fanfare.events;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A Kafka record as a CloudEvent (CloudEvents 1.0.2). Immutable by convention: neither data nor map is copied, so
/// nobody may write to them. Two events are equal only if they share their data.
///
/// @param type [EventDecoder#PLAIN_TYPE] for a record that is no CloudEvent
/// @param dataContentType media type of the data, null if nobody said
/// @param time of the occurrence; the record's where the event has none
/// @param data null if there is none, or if [#deleted]
/// @param deleted whether the record's value is null, a tombstone
/// @param extensions attributes beyond the core ones, in the order of the record; `traceparent` and `tracestate`
/// too
/// @param key the record's key as text, see [EventDecoder]
/// @param timestamp the record's, ms since 1970, -1 if it has none
@SuppressWarnings("ArrayRecordComponent") // the bytes of every event of the feed: copying them is what must not happen
public record Event(
        String id,
        String source,
        String type,
        @Nullable String subject,
        @Nullable String dataContentType,
        @Nullable String dataSchema,
        Instant time,
        byte @Nullable [] data,
        boolean deleted,
        Map<String, String> extensions,
        @Nullable String key,
        String topic,
        int partition,
        long offset,
        long timestamp) {

    private static final String PARTITION_KEY = "partitionkey";

    /// Tells name and value of each attribute but `specversion`, the core ones first, then `partitionkey` with the
    /// record's key (CloudEvents Kafka binding §3.1), then the other extensions.
    public void forEachAttribute(BiConsumer<String, String> attribute) {
        attribute.accept("id", id);
        attribute.accept("source", source);
        attribute.accept("type", type);
        optional("subject", subject, attribute);
        attribute.accept("time", time.toString());
        optional(Attributes.CONTENT_TYPE, dataContentType, attribute);
        optional("dataschema", dataSchema, attribute);
        optional(PARTITION_KEY, key, attribute);
        extensions.forEach((name, value) -> {
            if (key == null || !name.equals(PARTITION_KEY)) {
                attribute.accept(name, value);
            }
        });
    }

    private static void optional(String name, @Nullable String value, BiConsumer<String, String> attribute) {
        if (value != null) {
            attribute.accept(name, value);
        }
    }

    /// Bytes of data, 0 if there is none.
    public int dataLength() {
        return data == null ? 0 : data.length;
    }

    /// Whether the data may be embedded in a JSON document as it is: its content type is JSON, and it really is one
    /// JSON value in UTF-8, which the producer's word alone does not make it. Walks over the data: ask once per
    /// event.
    public boolean dataIsJson() {
        return data != null && isJsonType(dataContentType) && Json.isValid(data);
    }

    /// Whether the data may be shown as text: it is UTF-8, and not Confluent-framed, which is binary whatever it
    /// looks like. Walks over the data: ask once per event.
    public boolean dataIsText() {
        return data != null && !confluentFramed() && Utf8.isValid(data);
    }

    /// Whether the data begins with the magic byte and schema id of a Confluent schema registry.
    public boolean confluentFramed() {
        return extensions.containsKey(EventDecoder.CONFLUENT_SCHEMA_ID);
    }

    /// Whether a media type is JSON: subtype `json`, or suffix `+json`, parameters aside.
    static boolean isJsonType(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = essence(contentType);
        return type.endsWith("/json") || type.endsWith("+json");
    }

    /// A media type without its parameters, in lower case.
    static String essence(String contentType) {
        int end = contentType.indexOf(';');
        return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }
}
