package dev.fanfare.webhook.delivery;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/// The `webhook-id` of a record's event: a function of where the record stands, so that it is the same at every
/// attempt, after every crash, in a resend and in a replay. Producers' own CloudEvents ids repeat, and a receiver that
/// deduplicated by them would lose events.
///
/// As text `msg_` and 38 characters of base64url, without dots (Standard Webhooks, "Webhook metadata").
///
/// @param topicId of the topic's present incarnation (KIP-516)
public record MessageId(Uuid topicId, int partition, long offset) {
    private static final String PREFIX = "msg_";
    private static final int BYTES = 28;

    /// Reads what [#toString] wrote; empty for anything else.
    public static Optional<MessageId> parse(String text) {
        if (!text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        try {
            var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text.substring(PREFIX.length())));
            if (bytes.remaining() != BYTES) {
                return Optional.empty();
            }
            var id = new MessageId(new Uuid(bytes.getLong(), bytes.getLong()), bytes.getInt(), bytes.getLong());
            return id.partition < 0 || id.offset < 0 || !id.toString().equals(text)
                    ? Optional.empty()
                    : Optional.of(id);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        var bytes = ByteBuffer.allocate(BYTES)
                .putLong(topicId.getMostSignificantBits())
                .putLong(topicId.getLeastSignificantBits())
                .putInt(partition)
                .putLong(offset);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }
}
