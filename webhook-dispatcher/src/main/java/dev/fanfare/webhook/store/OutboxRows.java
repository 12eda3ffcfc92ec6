package dev.fanfare.webhook.store;

import dev.fanfare.events.Event;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.journal.OperationalEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What is to be published to Kafka, as CloudEvents in binary mode (CloudEvents Kafka binding §3.2). A record that is
/// published twice has the same `ce_id` twice.
///
/// A dead letter is the event as it came, with headers `fanfare-*` that say what became of it. Data of more than
/// [Payloads#DATA_MAX] bytes is left out: the headers name the record that has it.
final class OutboxRows {
    private static final String SOURCE = "/fanfare/webhooks";
    private static final int KEY_MAX = 1024;

    private OutboxRows() {}

    static MultiInsert insert() {
        return new MultiInsert("outbox", "topic_role", "key_text", "body", "headers", "created_at");
    }

    static void news(MultiInsert rows, OperationalEvent event, Instant now) {
        var data = Envelope.write(event.data());
        var id = UUID.nameUUIDFromBytes((event.type() + "\n" + event.subject() + "\n" + event.at() + "\n" + data)
                .getBytes(StandardCharsets.UTF_8));
        var headers = new LinkedHashMap<String, String>();
        headers.put("content-type", "application/json");
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", id.toString());
        headers.put("ce_source", SOURCE);
        headers.put("ce_type", event.type());
        headers.put("ce_subject", event.subject());
        headers.put("ce_time", event.at().toString());
        add(rows, Outbox.Role.OPERATIONAL, event.subject(), data.getBytes(StandardCharsets.UTF_8), headers, now);
    }

    static void deadLetter(MultiInsert rows, Change change, Reason reason, Instant now) {
        var job = change.job();
        var event = job.message().event();
        var headers = attributes(event);
        headers.put("fanfare-delivery", job.id().toString());
        headers.put("fanfare-endpoint", job.endpoint().value());
        headers.put("fanfare-tenant", job.message().tenant());
        headers.put("fanfare-reason", reason.code());
        headers.put("fanfare-attempts", Integer.toString(change.attempts()));
        change.line().entry().attempt().ifPresent(made -> {
            headers.put("fanfare-last-reason", made.result().reason().code());
            headers.put("fanfare-last-status", Integer.toString(made.result().status()));
            headers.put("fanfare-last-detail", made.result().detail());
        });
        headers.put("fanfare-topic", event.topic());
        headers.put("fanfare-partition", Integer.toString(event.partition()));
        headers.put("fanfare-offset", Long.toString(event.offset()));
        byte[] data = event.data();
        if (data != null && data.length > Payloads.DATA_MAX) {
            headers.put("fanfare-data", "omitted");
            data = null;
        }
        var key = event.key() == null ? job.message().id().toString() : event.key();
        add(rows, Outbox.Role.DEAD_LETTER, key, data == null ? new byte[0] : data, headers, now);
    }

    private static Map<String, String> attributes(Event event) {
        var headers = new LinkedHashMap<String, String>();
        put(headers, "content-type", event.dataContentType());
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", event.id());
        headers.put("ce_source", event.source());
        headers.put("ce_type", event.type());
        put(headers, "ce_subject", event.subject());
        put(headers, "ce_dataschema", event.dataSchema());
        headers.put("ce_time", event.time().toString());
        event.extensions().forEach((name, value) -> headers.put("ce_" + name, value));
        return headers;
    }

    private static void put(Map<String, String> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value);
        }
    }

    private static void add(
            MultiInsert rows, Outbox.Role role, String key, byte[] body, Map<String, String> headers, Instant now) {
        rows.add(role.code(), Texts.storable(key, KEY_MAX), body, Envelope.write(headers), now);
    }
}
