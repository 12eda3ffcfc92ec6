package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.payload.Payloads;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Requests to endpoints as people read them: made of the event and of the endpoint's present settings, as the
/// dispatcher makes them, but for what differs from attempt to attempt.
final class RequestJson {
    private static final int BODY_MAX = 16 * 1024; // characters

    private RequestJson() {}

    /// @param message the event; empty if nobody has it any more
    static ObjectNode view(Endpoint endpoint, Optional<Message> message) {
        var node = Json.object()
                .put("method", "POST")
                .put("url", endpoint.settings().url().toString())
                .put("kept", message.isPresent());
        var headers = node.putObject("headers");
        node.putNull("body").putNull("bodyBytes");
        message.filter(there -> !Payloads.isTooLarge(there.event())).ifPresent(there -> {
            var payload = Payloads.of(endpoint, List.of(there));
            var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            payload.headers()
                    .forEach((name, value) -> all.put(
                            name,
                            EndpointJson.isCredential(name)
                                            && endpoint.settings().headers().containsKey(name)
                                    ? EndpointJson.MASK
                                    : value));
            all.put("content-type", payload.contentType());
            all.put("webhook-id", payload.webhookId());
            all.forEach(headers::put);
            node.put("bodyBytes", payload.body().length);
            node.put("body", text(payload.body()));
        });
        return node;
    }

    /// The beginning; null if it is no text in UTF-8.
    private static @Nullable String text(byte[] body) {
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return text.length() <= BODY_MAX ? text : text.substring(0, BODY_MAX);
        } catch (CharacterCodingException binary) {
            return null;
        }
    }
}
