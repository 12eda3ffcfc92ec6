package dev.fanfare.webhook.signing;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.SealedSecret;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Keys, secrets and endpoints for tests.
final class Subscribers {
    static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
    static final KeyRing RING = new KeyRing(Map.of("k1", key(1)), "k1");

    private Subscribers() {}

    static byte[] key(int fill) {
        var key = new byte[KeyRing.KEY_BYTES];
        Arrays.fill(key, (byte) fill);
        return key;
    }

    static SealedSecret v1(String id, String whsec) {
        byte[] key = Base64.getDecoder().decode(whsec.substring(Secrets.PREFIX.length()));
        return RING.seal(id, Secrets.V1, key, new byte[0], NOW);
    }

    static SealedSecret ending(SealedSecret secret, Instant end) {
        return new SealedSecret(
                secret.id(),
                secret.scheme(),
                secret.keyId(),
                secret.sealed(),
                secret.publicKey(),
                secret.createdAt(),
                Optional.of(end));
    }

    static Endpoint endpoint(boolean asymmetric, SealedSecret... secrets) {
        var plain =
                EndpointSettings.of(URI.create("https://example.com/hook"), List.of(ChannelPattern.parse("orders.*")));
        var settings = new EndpointSettings(
                plain.url(),
                plain.channels(),
                plain.eventTypes(),
                plain.form(),
                plain.retrySchedule(),
                plain.timeout(),
                plain.ratePerSecond(),
                plain.concurrency(),
                plain.ordering(),
                plain.blockMax(),
                plain.ttl(),
                plain.conflate(),
                asymmetric,
                plain.handshake(),
                plain.headers(),
                plain.description(),
                plain.enabled());
        return new Endpoint(
                EndpointId.random(),
                "default",
                settings,
                List.of(secrets),
                1,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                NOW,
                NOW);
    }
}
