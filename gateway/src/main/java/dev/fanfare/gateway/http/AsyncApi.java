package dev.fanfare.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fanfare.events.Routing;
import dev.fanfare.gateway.config.GatewaySettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The AsyncAPI 3.0 document of a gateway: a channel for each channel template of its routes, with what travels there
/// over the transports that are on; `session`, for what a session says beside events; and `publish`. The messages and
/// their schemas, which are the same everywhere, stand in `asyncapi-components.json`.
final class AsyncApi {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern PART = Pattern.compile("\\{([^}]+)}");
    private static final String PATH = "/v1/events";
    private static final String WEBSOCKET = "websocket";
    private static final String SESSION = "session";
    private static final String PUBLISH = "publish";

    /// What a client may say on a WebSocket, and what answers it if all is well.
    private static final Map<String, String> DIALOGUE = dialogue();

    private final GatewaySettings settings;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(32_768);
    private final JsonGenerator json;

    /// A channel template with its parameters as AsyncAPI may name them.
    ///
    /// @param topics whose records it is for
    /// @param parts what stands for each parameter
    private record Address(String text, Set<String> topics, Map<String, String> parts) {}

    private AsyncApi(GatewaySettings settings) throws IOException {
        this.settings = settings;
        this.json = JSON.createGenerator(bytes);
    }

    private static Map<String, String> dialogue() {
        var dialogue = new LinkedHashMap<String, String>();
        dialogue.put("subscribe", "subscribed");
        dialogue.put("unsubscribe", "unsubscribed");
        dialogue.put("token", "renewed");
        dialogue.put("ping", "pong");
        dialogue.put(PUBLISH, "published");
        return dialogue;
    }

    /// The document, as JSON.
    static byte[] of(GatewaySettings settings) {
        try {
            return new AsyncApi(settings).write();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private byte[] write() throws IOException {
        var addresses = addresses(settings.routes());
        json.writeStartObject();
        json.writeStringField("asyncapi", "3.0.0");
        json.writeObjectFieldStart("info");
        json.writeStringField("title", "Fanfare gateway");
        json.writeStringField("version", "1");
        json.writeStringField(
                "description",
                "The channels that this gateway makes of records in Kafka, and what travels on them. An address is what "
                        + "the parameter 'channel' names, or a pattern matches. Which of them a token allows is another "
                        + "matter. /v1/openapi.json describes the requests.");
        json.writeEndObject();
        servers();
        json.writeObjectFieldStart("channels");
        for (var channel : addresses.entrySet()) {
            channel(channel.getKey(), channel.getValue());
        }
        sessionChannel();
        publishChannel();
        json.writeEndObject();
        json.writeObjectFieldStart("operations");
        for (var id : addresses.keySet()) {
            operation("receive." + id, "send", id, deliveries(), true);
        }
        operation(SESSION, "send", SESSION, notices(), true);
        if (settings.transports().websocket()) {
            for (var message : said()) {
                operation(SESSION + "." + message, "receive", SESSION, List.of(message), false);
            }
        }
        if (settings.publish().enabled()) {
            operation(PUBLISH, "receive", PUBLISH, List.of("anyBody", "cloudEvent", "cloudEvents"), false);
        }
        json.writeEndObject();
        json.writeFieldName("components");
        json.writeRawValue(new String(OpenApi.resource("asyncapi-components.json"), StandardCharsets.UTF_8));
        json.writeEndObject();
        json.close();
        return bytes.toByteArray();
    }

    private void servers() throws IOException {
        boolean tls = settings.server().tls().isOn();
        json.writeObjectFieldStart("servers");
        server("http", tls ? "https" : "http", "Server-sent events, long-polls and publishing.");
        if (settings.transports().websocket()) {
            server(
                    WEBSOCKET,
                    tls ? "wss" : "ws",
                    "WebSockets, with the subprotocol fanfare.v1.json or cloudevents.json.");
        }
        json.writeEndObject();
    }

    private void server(String name, String protocol, String description) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("host", "{authority}");
        json.writeStringField("pathname", PATH);
        json.writeStringField("protocol", protocol);
        json.writeStringField("description", description + " Behind a proxy its protocol may be another.");
        json.writeObjectFieldStart("variables");
        json.writeObjectFieldStart("authority");
        json.writeStringField("default", "localhost:" + settings.server().port());
        json.writeStringField("description", "Host and port under which clients reach the gateway.");
        json.writeEndObject();
        json.writeEndObject();
        json.writeArrayFieldStart("security");
        ref("#/components/securitySchemes/token");
        ref("#/components/securitySchemes/ticket");
        json.writeEndArray();
        json.writeEndObject();
    }

    /// By id, in the order of the routes. Topics that share a template share a channel.
    private static Map<String, Address> addresses(List<Routing.Rule> routes) {
        var byText = new LinkedHashMap<String, Address>();
        for (var rule : routes) {
            for (var topic : rule.topics()) {
                for (var template : rule.channelTemplates()) {
                    var address = address(template.replace("{topic}", topic));
                    byText.computeIfAbsent(address.text(), _ -> address)
                            .topics()
                            .add(topic);
                }
            }
        }
        var byId = new LinkedHashMap<String, Address>();
        for (var address : byText.values()) {
            var id = address.text().replaceAll("[{}]", "").replaceAll("[^A-Za-z0-9._-]", "_");
            var free = id;
            for (int i = 2; byId.containsKey(free) || free.equals(SESSION) || free.equals(PUBLISH); i++) {
                free = id + "_" + i;
            }
            byId.put(free, address);
        }
        return byId;
    }

    private static Address address(String template) {
        var parts = new LinkedHashMap<String, String>();
        var text = PART.matcher(template).replaceAll(part -> {
            var name = part.group(1).replaceAll("[^A-Za-z0-9_-]", "_");
            parts.put(name, part.group(1));
            return "{" + name + "}";
        });
        return new Address(text, new LinkedHashSet<>(), parts);
    }

    private void channel(String id, Address address) throws IOException {
        json.writeObjectFieldStart(id);
        json.writeStringField("address", address.text());
        json.writeStringField("description", "From " + String.join(", ", address.topics()) + " in Kafka.");
        if (!address.parts().isEmpty()) {
            json.writeObjectFieldStart("parameters");
            for (var part : address.parts().entrySet()) {
                json.writeObjectFieldStart(part.getKey());
                json.writeStringField("description", meaning(part.getValue()));
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        messages(deliveries());
        socketBinding();
        json.writeArrayFieldStart("x-kafka-topics");
        for (var topic : address.topics()) {
            json.writeString(topic);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String meaning(String part) {
        var what = part.equals("key")
                ? "The record's key"
                : part.startsWith("ce.")
                        ? "The CloudEvents attribute " + part.substring("ce.".length())
                        : "The record's header " + part.substring("header.".length());
        return what + ", percent-encoded where channel names need it.";
    }

    private void sessionChannel() throws IOException {
        json.writeObjectFieldStart(SESSION);
        json.writeNullField("address");
        json.writeStringField("description", "What a session says beside events, on each stream and WebSocket.");
        var all = new ArrayList<>(notices());
        if (settings.transports().websocket()) {
            for (var message : said()) {
                all.add(message);
                all.add(String.valueOf(DIALOGUE.get(message)));
            }
        }
        messages(all);
        socketBinding();
        json.writeEndObject();
    }

    private void publishChannel() throws IOException {
        if (settings.publish().enabled()) {
            json.writeObjectFieldStart(PUBLISH);
            json.writeNullField("address");
            json.writeStringField(
                    "description", "Events for Kafka, by POST. The routes say which channels they reach.");
            json.writeArrayFieldStart("servers");
            ref("#/servers/http");
            json.writeEndArray();
            messages(List.of("anyBody", "cloudEvent", "cloudEvents", "receipts"));
            json.writeEndObject();
        }
    }

    private void socketBinding() throws IOException {
        if (settings.transports().websocket()) {
            binding("ws", "GET", "StreamQuery", "0.1.0");
        }
    }

    private void binding(String protocol, String method, String query, String version) throws IOException {
        json.writeObjectFieldStart("bindings");
        json.writeObjectFieldStart(protocol);
        json.writeStringField("method", method);
        json.writeFieldName("query");
        ref("#/components/schemas/" + query);
        json.writeStringField("bindingVersion", version);
        json.writeEndObject();
        json.writeEndObject();
    }

    private void messages(List<String> names) throws IOException {
        json.writeObjectFieldStart("messages");
        for (var name : names) {
            json.writeFieldName(name);
            ref("#/components/messages/" + name);
        }
        json.writeEndObject();
    }

    private void operation(String id, String action, String channel, List<String> messages, boolean read)
            throws IOException {
        json.writeObjectFieldStart(id);
        json.writeStringField("action", action);
        of(channel, messages);
        if (channel.equals(PUBLISH)) {
            binding("http", "POST", "PublishQuery", "0.3.0");
            json.writeObjectFieldStart("reply");
            of(channel, List.of("receipts"));
            json.writeEndObject();
        } else if (read) {
            binding("http", "GET", "StreamQuery", "0.3.0");
        } else {
            json.writeObjectFieldStart("reply");
            of(channel, List.of(String.valueOf(DIALOGUE.get(messages.getFirst())), "error"));
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void of(String channel, List<String> messages) throws IOException {
        json.writeFieldName("channel");
        ref("#/channels/" + channel);
        json.writeArrayFieldStart("messages");
        for (var message : messages) {
            ref("#/channels/" + channel + "/messages/" + message);
        }
        json.writeEndArray();
    }

    private void ref(String to) throws IOException {
        json.writeStartObject();
        json.writeStringField("$ref", to);
        json.writeEndObject();
    }

    private List<String> deliveries() {
        var names = new ArrayList<String>();
        if (settings.transports().sse()) {
            names.addAll(List.of("sseData", "sseJson", "sseCloudEvent"));
        }
        if (settings.transports().poll()) {
            names.add("poll");
        }
        if (settings.transports().websocket()) {
            names.addAll(List.of("wsData", "wsJson", "wsCloudEvent"));
        }
        return names;
    }

    private List<String> notices() {
        var names =
                new ArrayList<>(List.of("ready", "gap", "stateEnd", "error", "tokenExpiring", "revoked", "presence"));
        if (settings.transports().websocket()) {
            names.addAll(List.of("goingAway", "cursor"));
        }
        return names;
    }

    private List<String> said() {
        return DIALOGUE.keySet().stream()
                .filter(message ->
                        !message.equals(PUBLISH) || settings.publish().enabled())
                .toList();
    }
}
