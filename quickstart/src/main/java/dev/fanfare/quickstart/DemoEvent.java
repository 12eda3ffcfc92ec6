package dev.fanfare.quickstart;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// Something that happened, on its way to Kafka as a CloudEvent in binary mode.
///
/// @param topic where it goes
/// @param key the record's key, which keeps what belongs together in order
/// @param id unique within the topic
/// @param type the last part of the CloudEvents type
/// @param json its data; `sequence` in it is one more with each event of the same topic and key, from 1 at each start,
/// so that who receives them can tell that none is missing
record DemoEvent(String topic, Optional<String> key, String id, String type, String json) {

    ProducerRecord<byte[], byte[]> at(Instant now) {
        var headers = new RecordHeaders();
        header(headers, "ce_specversion", "1.0");
        header(headers, "ce_id", id);
        header(headers, "ce_source", "/fanfare/demo/" + topic);
        header(headers, "ce_type", "dev.fanfare.demo." + type);
        header(headers, "ce_time", now.toString());
        key.ifPresent(subject -> header(headers, "ce_subject", subject));
        header(headers, "content-type", "application/json");
        return new ProducerRecord<>(topic, null, key.map(DemoEvent::utf8).orElse(null), utf8(json), headers);
    }

    private static void header(RecordHeaders headers, String name, String value) {
        headers.add(name, utf8(value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
