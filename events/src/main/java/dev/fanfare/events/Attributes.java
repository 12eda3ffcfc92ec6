package dev.fanfare.events;

import dev.fanfare.events.UndecodableException.Reason;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// The attributes of one event while its record is read, each checked as it comes (CloudEvents 1.0.2 §3), and at
/// last the event. For one thread and one record.
final class Attributes {
    static final String CONTENT_TYPE = "datacontenttype";

    private static final int NAME_MAX = 64;
    private static final Set<String> CORE =
            Set.of("specversion", "id", "source", "type", "subject", CONTENT_TYPE, "dataschema", "time");

    private final ConsumerRecord<byte[], byte[]> record;
    private final @Nullable String key;
    private final Map<String, String> core = HashMap.newHashMap(CORE.size());
    private Map<String, String> extensions = Map.of();

    Attributes(ConsumerRecord<byte[], byte[]> record, @Nullable String key) {
        this.record = record;
        this.key = key;
    }

    static boolean isCore(String name) {
        return CORE.contains(name);
    }

    /// Whether CloudEvents allows the name: lower-case letters and digits. The bound on its length is ours.
    static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= NAME_MAX && !name.equals("data");
    }

    static boolean hasControl(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    boolean has(String name) {
        return core.containsKey(name) || extensions.containsKey(name);
    }

    @Nullable
    String contentType() {
        return core.get(CONTENT_TYPE);
    }

    /// What has been put, extensions last.
    Map<String, String> all() {
        var all = new LinkedHashMap<>(core);
        all.putAll(extensions);
        return all;
    }

    /// Sets an attribute. A core attribute that is empty counts as absent.
    void put(String name, String value) throws UndecodableException {
        if (!isName(name)) {
            throw invalid(name, "has a name that no attribute may have: write 1 to 64 of a-z 0-9, and not 'data'");
        }
        if (hasControl(value) || !Utf8.isEncodable(value)) {
            throw invalid(name, "has a control character or half a surrogate pair in its value: leave it out");
        }
        if (isCore(name)) {
            if (value.isEmpty()) {
                core.remove(name);
            } else {
                core.put(name, value);
            }
            return;
        }
        if (extensions.isEmpty()) {
            extensions = new LinkedHashMap<>();
        }
        extensions.put(name, value);
        if (extensions.size() > EventDecoder.EXTENSIONS_MAX) {
            throw new UndecodableException(
                    Reason.TOO_MANY_ATTRIBUTES,
                    "the event has more than %d extension attributes: move some into its data"
                            .formatted(EventDecoder.EXTENSIONS_MAX));
        }
    }

    Event cloudEvent(byte @Nullable [] data) throws UndecodableException {
        String version = required("specversion");
        if (!version.equals("1.0")) {
            throw new UndecodableException(
                    Reason.UNSUPPORTED_SPECVERSION, "specversion " + Quoted.of(version) + " is not known: write 1.0");
        }
        return event(required("id"), required("source"), required("type"), time(), data);
    }

    /// The event of a record that is no CloudEvent. Kafka allows only A-Z a-z 0-9 . _ - in the topic's name, so
    /// that nothing in the source needs an escape.
    Event plainEvent(byte @Nullable [] data) {
        return event(
                record.topic() + '/' + record.partition() + '/' + record.offset(),
                "/kafka/" + record.topic(),
                EventDecoder.PLAIN_TYPE,
                recordTime(),
                data);
    }

    private Event event(String id, String source, String type, Instant time, byte @Nullable [] data) {
        return new Event(
                id,
                source,
                type,
                core.get("subject"),
                core.get(CONTENT_TYPE),
                core.get("dataschema"),
                time,
                data,
                record.value() == null,
                extensions.isEmpty() ? Map.of() : Collections.unmodifiableMap(extensions),
                key,
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp());
    }

    private String required(String name) throws UndecodableException {
        String value = core.get(name);
        if (value == null) {
            throw new UndecodableException(
                    Reason.MISSING_ATTRIBUTE, "the event has no %s, or an empty one: set it".formatted(name));
        }
        return value;
    }

    /// RFC 3339, which has four digits for the year where [Instant] would take ten.
    private Instant time() throws UndecodableException {
        String time = core.get("time");
        if (time == null) {
            return recordTime();
        }
        try {
            if (time.length() > 4 && Character.isDigit(time.charAt(0)) && time.charAt(4) == '-') {
                return Instant.parse(time);
            }
        } catch (DateTimeException malformed) {
            // told below, as for the others
        }
        throw new UndecodableException(
                Reason.INVALID_TIME, "time " + Quoted.of(time) + " is not RFC 3339: write 2026-11-21T09:30:00Z");
    }

    private Instant recordTime() {
        return Instant.ofEpochMilli(Math.max(0, record.timestamp()));
    }

    private static UndecodableException invalid(String name, String fault) {
        return new UndecodableException(Reason.INVALID_ATTRIBUTE, "attribute " + Quoted.of(name) + " " + fault);
    }
}
