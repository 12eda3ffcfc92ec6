package dev.fanfare.webhook.store;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.Ordering;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

/// What an endpoint's deliveries are ordered or conflated by.
///
/// @param key the record's, or a hash of one that is too long or that a database would change
public record OrderKey(EndpointId endpoint, String key) {
    static final int LENGTH_MAX = 512; // an index of PostgreSQL takes 2,700 bytes

    /// Empty where the endpoint neither orders nor conflates, or the event has no key.
    public static Optional<OrderKey> of(Endpoint endpoint, Message message) {
        var settings = endpoint.settings();
        var key = message.event().key();
        return key == null || (settings.ordering() != Ordering.KEY && !settings.conflate())
                ? Optional.empty()
                : Optional.of(new OrderKey(endpoint.id(), stored(key)));
    }

    /// Of a key that is known to matter.
    public static OrderKey of(EndpointId endpoint, String key) {
        return new OrderKey(endpoint, stored(key));
    }

    private static String stored(String key) {
        return key.length() <= LENGTH_MAX && Texts.isStorable(key) ? key : "sha256:" + hash(key);
    }

    private static String hash(String key) {
        try {
            // UTF-16 tells apart what UTF-8 would replace
            var digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_16BE));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // each Java has it
        }
    }
}
