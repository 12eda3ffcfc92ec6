package dev.fanfare.events;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// A CloudEvent in its JSON event format, for one who passes it on and so needs what it says, no more: the time as it
/// was written, and nothing that a record would add.
///
/// @param attributes by name, in string form; whether the required ones are there is not checked
/// @param data null if there is none; JSON data keeps its exact bytes
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
public record StructuredEvent(Map<String, String> attributes, byte @Nullable [] data) {
    /// Reads `application/cloudevents+json`.
    ///
    /// @throws UndecodableException if it is no JSON object, or holds what no CloudEvent may
    public static StructuredEvent read(byte[] json) throws UndecodableException {
        var attributes = new Attributes(new ConsumerRecord<>("", 0, 0, null, json), null);
        byte[] data = StructuredJson.read(json, attributes);
        return new StructuredEvent(attributes.all(), data);
    }
}
