package dev.fanfare.webhook.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.events.Event;
import dev.fanfare.events.JsonBytes;
import dev.fanfare.events.StructuredWriter;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.PayloadForm;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Makes requests of messages, in the form that the endpoint asks for (CloudEvents HTTP binding 1.0.2):
///
/// | Form | Body | Headers |
/// |---|---|---|
/// | data | the data's bytes | a tombstone: `fanfare-deleted: true` |
/// | binary (§3.1) | the data's bytes | attributes as `ce-*`; a tombstone: `ce-deleted: true` |
/// | structured (§3.2) | one event as JSON; a tombstone: `"data":null,"deleted":true` | |
/// | batch (§3.3) | an array of such events, each with its own `webhook-id` as the attribute `webhookid` | |
///
/// All carry on `traceparent` and `tracestate` (W3C Trace Context), a batch only if its events share them; where the
/// body is an event, or `ce-*` are there, they are among its attributes too. The record's key is the attribute
/// `partitionkey`. Data that nobody described is `application/octet-stream`.
public final class Payloads {
    /// Bytes of data that are delivered at most.
    public static final int EVENT_MAX = 256 * 1024;

    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final String BYTES = "application/octet-stream";
    private static final String DELETED = "deleted";
    private static final Set<String> OWN = Set.of(DELETED);
    private static final Set<String> OWN_IN_BATCH = Set.of(DELETED, "webhookid");
    private static final String TRACE_PARENT = "traceparent";
    private static final String TRACE_STATE = "tracestate";
    private static final byte[] NOTHING = new byte[0];

    private Payloads() {}

    /// Whether an event has more data than is delivered. It is dead-lettered then, before any form is made of it.
    public static boolean isTooLarge(Event event) {
        return event.dataLength() > EVENT_MAX;
    }

    /// The request for some messages.
    ///
    /// @param messages one, or for [PayloadForm#BATCH] one or more
    /// @throws IllegalArgumentException if there is none, or there are too many for the form
    public static Payload of(Endpoint endpoint, List<Message> messages) {
        var settings = endpoint.settings();
        if (messages.isEmpty() || (messages.size() > 1 && settings.form() != PayloadForm.BATCH)) {
            throw new IllegalArgumentException("%d messages in the form %s"
                    .formatted(messages.size(), settings.form().code()));
        }
        var first = messages.getFirst();
        var event = first.event();
        var id = first.id().toString();
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(settings.headers());
        headers.keySet().removeIf(CustomHeaders::isReserved); // saved when fewer names were
        headers.putAll(trace(messages));
        return switch (settings.form()) {
            case DATA -> {
                if (event.deleted()) {
                    headers.put("fanfare-deleted", "true");
                }
                yield new Payload(id, data(event), contentType(event), headers);
            }
            case BINARY -> {
                putAttributes(headers, event);
                yield new Payload(id, data(event), contentType(event), headers);
            }
            case STRUCTURED -> {
                var out = new JsonBytes(512 + event.dataLength());
                StructuredWriter.open(out, event, OWN);
                StructuredWriter.exactData(out, event);
                yield new Payload(id, out.raw("}").done(), STRUCTURED, headers);
            }
            case BATCH -> new Payload(batchId(messages), batch(messages), BATCH, headers);
        };
    }

    private static byte[] data(Event event) {
        var data = event.data();
        return data == null ? NOTHING : data;
    }

    /// A content type that no header can say counts as unknown.
    private static String contentType(Event event) {
        var type = event.dataContentType();
        return type == null || type.isEmpty() || !FieldValues.isValid(type) ? BYTES : type;
    }

    private static void putAttributes(Map<String, String> headers, Event event) {
        headers.put("ce-specversion", "1.0");
        event.forEachAttribute((name, value) -> {
            if (!name.equals("datacontenttype") && !OWN.contains(name)) {
                headers.put("ce-" + name, FieldValues.percentEncoded(value));
            }
        });
        if (event.deleted()) {
            headers.put("ce-" + DELETED, "true");
        }
    }

    private static Map<String, String> trace(List<Message> messages) {
        var trace = trace(messages.getFirst().event());
        return messages.stream().allMatch(message -> trace(message.event()).equals(trace)) ? trace : Map.of();
    }

    /// What no header can say is left out: a bad trace costs the trace, never the event. A state without its parent
    /// means nothing (Trace Context §3.3).
    private static Map<String, String> trace(Event event) {
        var parent = event.extensions().get(TRACE_PARENT);
        if (parent == null || !FieldValues.isValid(parent)) {
            return Map.of();
        }
        var state = event.extensions().get(TRACE_STATE);
        return state == null || !FieldValues.isValid(state)
                ? Map.of(TRACE_PARENT, parent)
                : Map.of(TRACE_PARENT, parent, TRACE_STATE, state);
    }

    private static byte[] batch(List<Message> messages) {
        int data = messages.stream()
                .mapToInt(message -> message.event().dataLength())
                .sum();
        var out = new JsonBytes(512 * messages.size() + data);
        var separator = "[";
        for (var message : messages) {
            StructuredWriter.open(out.raw(separator), message.event(), OWN_IN_BATCH);
            out.member("webhookid", message.id().toString());
            StructuredWriter.exactData(out, message.event());
            out.raw("}");
            separator = ",";
        }
        return out.raw("]").done();
    }

    /// `msg_` and the base64url of SHA-256 over the members' ids in their order, so that the same batch has the same
    /// id at every attempt. Longer than a message's id, hence never the same as one.
    private static String batchId(List<Message> messages) {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            for (var message : messages) {
                hash.update(message.id().toString().getBytes(UTF_8));
                hash.update((byte) '\n');
            }
            return "msg_" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash.digest());
        } catch (NoSuchAlgorithmException noSha) {
            throw new IllegalStateException("SHA-256 does not work here", noSha);
        }
    }
}
