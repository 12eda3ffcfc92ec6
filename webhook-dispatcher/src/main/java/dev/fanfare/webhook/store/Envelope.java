package dev.fanfare.webhook.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.delivery.MessageId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message without its data as JSON in ASCII, which each database keeps unchanged: NUL and halves of surrogate pairs
/// are escaped.
final class Envelope {
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private Envelope() {}

    static String write(Message message) {
        var event = message.event();
        var node = JSON.createObjectNode()
                .put("id", event.id())
                .put("source", event.source())
                .put("type", event.type())
                .put("subject", event.subject())
                .put("contentType", event.dataContentType())
                .put("dataSchema", event.dataSchema())
                .put("time", event.time().toString())
                .put("deleted", event.deleted())
                .put("key", event.key())
                .put("topic", event.topic())
                .put("partition", event.partition())
                .put("offset", event.offset())
                .put("timestamp", event.timestamp())
                .put("tenant", message.tenant());
        var extensions = node.putObject("extensions");
        event.extensions().forEach(extensions::put);
        var channels = node.putArray("channels");
        message.channels().forEach(channel -> channels.add(channel.value()));
        return text(node);
    }

    /// Reads what [#write] wrote.
    ///
    /// @throws IllegalArgumentException for anything else
    static Message read(MessageId id, String envelope, byte @Nullable [] data) {
        try {
            var node = JSON.readTree(envelope);
            var extensions = new LinkedHashMap<String, String>();
            for (var extension : node.required("extensions").properties()) {
                extensions.put(extension.getKey(), extension.getValue().textValue());
            }
            var event = new Event(
                    node.required("id").textValue(),
                    node.required("source").textValue(),
                    node.required("type").textValue(),
                    node.required("subject").textValue(),
                    node.required("contentType").textValue(),
                    node.required("dataSchema").textValue(),
                    Instant.parse(node.required("time").textValue()),
                    data,
                    node.required("deleted").booleanValue(),
                    extensions,
                    node.required("key").textValue(),
                    node.required("topic").textValue(),
                    node.required("partition").intValue(),
                    node.required("offset").longValue(),
                    node.required("timestamp").longValue());
            return new Message(
                    id, event, channels(node), node.required("tenant").textValue());
        } catch (JsonProcessingException | RuntimeException malformed) {
            throw new IllegalArgumentException("no envelope of an event", malformed);
        }
    }

    /// A JSON object of texts.
    static String write(Map<String, String> members) {
        return text(JSON.valueToTree(members));
    }

    static Map<String, String> readTexts(String object) {
        try {
            var members = new LinkedHashMap<String, String>();
            for (var member : JSON.readTree(object).properties()) {
                members.put(member.getKey(), member.getValue().textValue());
            }
            return members;
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("no JSON object", malformed);
        }
    }

    private static List<ChannelName> channels(JsonNode node) {
        var channels = new ArrayList<ChannelName>();
        for (var channel : node.required("channels")) {
            channels.add(new ChannelName(channel.textValue()));
        }
        return channels;
    }

    private static String text(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible); // it is a tree of texts
        }
    }
}
