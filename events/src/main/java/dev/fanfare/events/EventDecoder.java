package dev.fanfare.events;

import dev.fanfare.events.UndecodableException.Reason;
import java.util.Base64;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/// Makes events of records: CloudEvents 1.0.2 by its Kafka protocol binding, in binary mode (`ce_*` headers) and
/// structured mode (`application/cloudevents+json`), and any other record by what it is. Thread-safe.
///
/// A record with none of the headers `ce_specversion`, `ce_id`, `ce_source`, `ce_type` is plain and always
/// decodable:
/// its id is `topic/partition/offset`, its source `/kafka/topic`, its type [#PLAIN_TYPE]. A key that is not UTF-8
/// is `base64:` and its base64url without padding, since no record becomes undecodable for its key.
public final class EventDecoder {
    /// The type of an event whose record is no CloudEvent.
    public static final String PLAIN_TYPE = "dev.fanfare.record";

    /// The extension attribute of the event of a Confluent-framed record: the schema's id in decimal.
    public static final String CONFLUENT_SCHEMA_ID = "confluentschemaid";

    /// The content type of Confluent-framed data, which does not say what it holds.
    public static final String CONFLUENT_TYPE = "application/vnd.confluent";

    /// Extension attributes that an event has at most.
    public static final int EXTENSIONS_MAX = 100;

    private static final String ATTRIBUTE_PREFIX = "ce_";
    private static final String STRUCTURED = "application/cloudevents";
    private static final String JSON = "application/json";
    private static final int FRAME_LENGTH = 5;

    /// Reads one record.
    ///
    /// @throws UndecodableException if the record says that it is a CloudEvent and cannot be read as one
    public Event decode(ConsumerRecord<byte[], byte[]> record) throws UndecodableException {
        var trace = new TraceContext();
        String contentType = null;
        boolean cloudEvent = false;
        for (Header header : record.headers()) {
            switch (header.key()) {
                case "content-type" -> contentType = mediaType(header.value());
                case "ce_specversion", "ce_id", "ce_source", "ce_type" -> cloudEvent = true;
                case TraceContext.PARENT -> trace.parent(header.value());
                case TraceContext.STATE -> trace.state(header.value());
                default -> {}
            }
        }
        var attributes = new Attributes(record, key(record.key()));
        byte[] value = record.value();
        String essence = contentType == null ? "" : Event.essence(contentType);
        if (essence.startsWith(STRUCTURED) && value != null) {
            checkFormat(essence);
            byte[] data = StructuredJson.read(value, attributes);
            trace.addTo(attributes);
            return attributes.cloudEvent(data);
        }
        if (cloudEvent) {
            addAttributes(record, attributes);
        }
        describe(value, contentType, attributes);
        trace.addTo(attributes);
        return cloudEvent ? attributes.cloudEvent(value) : attributes.plainEvent(value);
    }

    /// What data is that nobody described: JSON if it is valid, else text if it is UTF-8, else bytes.
    static String sniff(byte[] data) {
        if (Json.isValid(data)) {
            return JSON;
        }
        return Utf8.isValid(data) ? "text/plain" : "application/octet-stream";
    }

    private static void checkFormat(String essence) throws UndecodableException {
        if (essence.startsWith("application/cloudevents-batch")) {
            throw new UndecodableException(
                    Reason.BATCH_FORMAT,
                    "content-type " + Quoted.of(essence) + " is a batch: write one event to a record");
        }
        if (!essence.equals("application/cloudevents+json")) {
            throw new UndecodableException(
                    Reason.UNSUPPORTED_FORMAT,
                    "content-type " + Quoted.of(essence) + " is not known: write application/cloudevents+json");
        }
    }

    private static void addAttributes(ConsumerRecord<byte[], byte[]> record, Attributes attributes)
            throws UndecodableException {
        for (Header header : record.headers()) {
            if (header.key().startsWith(ATTRIBUTE_PREFIX) && header.value() != null) {
                String name = header.key().substring(ATTRIBUTE_PREFIX.length());
                String value = Utf8.decode(header.value());
                if (value == null) {
                    throw new UndecodableException(
                            Reason.INVALID_ATTRIBUTE,
                            "header " + Quoted.of(header.key()) + " is not UTF-8: write UTF-8");
                }
                attributes.put(name, value); // of headers with the same name the last counts
            }
        }
    }

    /// Settles the content type: the header's, else the attribute's, else by a look at the data.
    private static void describe(byte @Nullable [] data, @Nullable String contentType, Attributes attributes)
            throws UndecodableException {
        if (data == null) {
            return;
        }
        if (contentType != null) {
            attributes.put(Attributes.CONTENT_TYPE, contentType);
        } else if (!attributes.has(Attributes.CONTENT_TYPE)) {
            int schema = confluentSchema(data);
            if (schema > 0) {
                attributes.put(CONFLUENT_SCHEMA_ID, Integer.toString(schema));
            }
            attributes.put(Attributes.CONTENT_TYPE, schema > 0 ? CONFLUENT_TYPE : sniff(data));
        }
    }

    /// The schema id after the magic byte 0, big-endian. Not framed if it is below 1: registries count
    /// from 1.
    private static int confluentSchema(byte[] data) {
        if (data.length <= FRAME_LENGTH || data[0] != 0) {
            return 0;
        }
        int id = 0;
        for (int i = 1; i < FRAME_LENGTH; i++) {
            id = id << 8 | (data[i] & 0xFF);
        }
        return id;
    }

    private static @Nullable String key(byte @Nullable [] key) {
        return key == null ? null : keyText(key);
    }

    /// What an event has as its key.
    ///
    /// @param key a record's
    public static String keyText(byte[] key) {
        String text = Utf8.decode(key);
        return text != null
                ? text
                : "base64:" + Base64.getUrlEncoder().withoutPadding().encodeToString(key);
    }

    /// A header that cannot be a media type counts as absent: it says nothing about the data.
    private static @Nullable String mediaType(byte @Nullable [] header) {
        String text = header == null ? null : Utf8.decode(header);
        return text == null || text.isBlank() || Attributes.hasControl(text) ? null : text.strip();
    }
}
