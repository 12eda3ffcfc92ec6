package dev.fanfare.webhook.payload;

import java.util.Map;

/// A request's content, ready to be signed. Immutable by convention: the body is not copied, and may be an event's
/// own data.
///
/// @param webhookId a message's id, or a batch's
/// @param body the bytes to sign and to send
/// @param contentType of the body, never empty
/// @param headers the endpoint's own and those of the form, in ASCII; without `content-type` and `webhook-*`
@SuppressWarnings("ArrayRecordComponent") // handed through, never compared
public record Payload(String webhookId, byte[] body, String contentType, Map<String, String> headers) {
    public Payload {
        headers = Map.copyOf(headers);
    }

    /// Headers may hold a password for the receiver: only their names are shown.
    @Override
    public String toString() {
        return "Payload[%s, %d bytes of %s, headers=%s]"
                .formatted(webhookId, body.length, contentType, headers.keySet());
    }
}
