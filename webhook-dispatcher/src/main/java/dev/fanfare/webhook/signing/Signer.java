package dev.fanfare.webhook.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.SealedSecret;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/// Signs requests by Standard Webhooks 1.0: one signature for each of the endpoint's active secrets over
/// `webhook-id.webhook-timestamp.body`, the current secret's first, so that a receiver may have any of them.
///
/// Thread-safe; blocks while as many `v1a` signatures are in the making as there are cores: each takes half a
/// millisecond of one.
public final class Signer {
    public static final String ID = "webhook-id";
    public static final String TIMESTAMP = "webhook-timestamp";
    public static final String SIGNATURE = "webhook-signature";

    private static final int KEYS_MAX = 10_000;
    private static final Duration KEY_IDLE_MAX = Duration.ofHours(1);

    private final KeyRing ring;
    private final Cache<String, SigningKey> keys = Caffeine.newBuilder()
            .maximumSize(KEYS_MAX)
            .expireAfterAccess(KEY_IDLE_MAX)
            .build();
    private final Semaphore cores = new Semaphore(Runtime.getRuntime().availableProcessors());

    /// Opens secrets with this ring, when they are needed first.
    public Signer(KeyRing ring) {
        this.ring = ring;
    }

    /// The three headers of a request.
    ///
    /// @param webhookId without dots
    /// @param at when the request is made: receivers refuse what is 5 minutes off
    /// @param body the very bytes that are sent
    /// @throws UnsealableException if a secret does not open
    /// @throws IllegalStateException if the endpoint has no active secret to sign with
    public Map<String, String> headers(Endpoint endpoint, String webhookId, Instant at, byte[] body) {
        if (webhookId.isEmpty() || webhookId.indexOf('.') >= 0) {
            throw new IllegalArgumentException(
                    "webhook-id '%s' is empty or has a dot, which would make the signed text ambiguous"
                            .formatted(webhookId));
        }
        var timestamp = Long.toString(at.getEpochSecond());
        byte[] head = (webhookId + "." + timestamp + ".").getBytes(UTF_8);
        var signatures = endpoint.secrets().stream()
                .filter(secret -> secret.isActive(at))
                .filter(secret ->
                        endpoint.settings().asymmetric() || !secret.scheme().equals(Secrets.V1A))
                .map(secret -> secret.scheme() + "," + Base64.getEncoder().encodeToString(sign(secret, head, body)))
                .collect(Collectors.joining(" "));
        if (signatures.isEmpty()) {
            throw new IllegalStateException(
                    "endpoint %s has no secret to sign with: rotate its secret".formatted(endpoint.id()));
        }
        return Map.of(ID, webhookId, TIMESTAMP, timestamp, SIGNATURE, signatures);
    }

    private byte[] sign(SealedSecret secret, byte[] head, byte[] body) {
        var key = keys.get(secret.id(), _ -> SigningKey.of(secret.scheme(), ring.open(secret)));
        return switch (key) {
            case SigningKey.Symmetric _ -> key.sign(head, body);
            case SigningKey.Asymmetric _ -> {
                cores.acquireUninterruptibly();
                try {
                    yield key.sign(head, body);
                } finally {
                    cores.release();
                }
            }
        };
    }
}
