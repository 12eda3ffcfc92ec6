package dev.fanfare.webhook.listen;

import dev.fanfare.webhook.endpoint.SealedSecret;
import dev.fanfare.webhook.signing.KeyRing;
import dev.fanfare.webhook.signing.Secrets;
import dev.fanfare.webhook.signing.Signer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A secret to sign with, sealed under a key that nobody else has, as [Signer] wants it.
final class Signature {
    private final String text;
    private final SealedSecret secret;
    private final Signer signer;

    /// @param given `whsec_` and base64; empty: a new one
    /// @throws IllegalArgumentException with a sentence that says what is wrong, without the secret
    Signature(Optional<String> given) {
        var key = new byte[KeyRing.KEY_BYTES];
        new SecureRandom().nextBytes(key);
        var ring = new KeyRing(Map.of("listen", key), "listen");
        var secrets = new Secrets(ring);
        var now = Instant.now();
        var made = given.isPresent() ? secrets.symmetric(given.get(), now) : secrets.symmetric(now);
        text = made.text();
        secret = made.secret();
        signer = new Signer(ring);
    }

    /// For the receiver.
    String text() {
        return text;
    }

    SealedSecret secret() {
        return secret;
    }

    Signer signer() {
        return signer;
    }
}
