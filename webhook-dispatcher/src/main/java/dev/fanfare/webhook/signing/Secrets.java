package dev.fanfare.webhook.signing;

import dev.fanfare.webhook.endpoint.SealedSecret;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Makes endpoints' signing secrets and takes their turns (Standard Webhooks 1.0, "Signature scheme" and "Key
/// rotation"). Thread-safe.
public final class Secrets {
    /// Symmetric: HMAC-SHA256.
    public static final String V1 = "v1";

    /// Asymmetric: Ed25519.
    public static final String V1A = "v1a";

    /// How long the previous secret goes on signing beside a fresh one, unless somebody says otherwise.
    public static final Duration OVERLAP_DEFAULT = Duration.ofHours(24);

    /// The longest overlap.
    public static final Duration OVERLAP_MAX = Duration.ofDays(7);

    /// Secrets of one scheme, beside the current one, at most.
    public static final int OLD_MAX = 10;

    /// What a `v1` secret begins with.
    public static final String PREFIX = "whsec_";

    /// What the public key of a `v1a` secret begins with.
    public static final String PUBLIC_PREFIX = "whpk_";

    private static final int BYTES = 32;
    private static final int BYTES_MIN = 24;
    private static final int BYTES_MAX = 64;

    private final SecureRandom random = new SecureRandom();
    private final KeyRing ring;

    /// Secrets are sealed with this ring's current key.
    public Secrets(KeyRing ring) {
        this.ring = ring;
    }

    /// A secret that was just made.
    ///
    /// @param text what its owner is shown, once: `whsec_` and the key of `v1`, `whpk_` and the public key of `v1a`
    public record Made(SealedSecret secret, String text) {
        /// Without the text.
        @Override
        public String toString() {
            return "Made[" + secret + "]";
        }
    }

    /// A random symmetric secret.
    public Made symmetric(Instant now) {
        var key = new byte[BYTES];
        random.nextBytes(key);
        return symmetric(key, now);
    }

    /// The symmetric secret that a client brings along.
    ///
    /// @param text `whsec_` and base64 of 24 to 64 bytes
    /// @throws IllegalArgumentException with a sentence that says what is wrong, without the text
    public Made symmetric(String text, Instant now) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("does not begin with %s: give %s and the base64 of %d to %d random bytes"
                    .formatted(PREFIX, PREFIX, BYTES_MIN, BYTES_MAX));
        }
        byte[] key = decoded(text.substring(PREFIX.length()))
                .orElseThrow(() -> new IllegalArgumentException(
                        "is not base64 (RFC 4648 §4) after %s: encode %d to %d random bytes so"
                                .formatted(PREFIX, BYTES_MIN, BYTES_MAX)));
        if (key.length < BYTES_MIN || key.length > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "has %d bytes: give %d to %d random ones".formatted(key.length, BYTES_MIN, BYTES_MAX));
        }
        return symmetric(key, now);
    }

    /// The decoder's exception is not passed on: it quotes a character of the secret.
    private static Optional<byte[]> decoded(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    private Made symmetric(byte[] key, Instant now) {
        return new Made(
                ring.seal(freshId(), V1, key, new byte[0], now),
                PREFIX + Base64.getEncoder().encodeToString(key));
    }

    /// A random Ed25519 key pair. Only the seed (RFC 8032 §5.1.5) is kept of its private part.
    public Made asymmetric(Instant now) {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
            byte[] spki = pair.getPublic().getEncoded();
            byte[] point =
                    Arrays.copyOfRange(spki, spki.length - BYTES, spki.length); // ends with the key (RFC 8410 §4)
            return new Made(
                    ring.seal(freshId(), V1A, seed, point, now),
                    PUBLIC_PREFIX + Base64.getEncoder().encodeToString(point));
        } catch (GeneralSecurityException noEd25519) {
            throw new IllegalStateException("Ed25519 does not work here", noEd25519);
        }
    }

    private String freshId() {
        var bytes = new byte[15];
        random.nextBytes(bytes);
        return "sec_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Puts a fresh secret in the place of the current one of its scheme, which goes on signing for the overlap. Those
    /// that were replaced before keep their end. Other schemes stay as they are.
    ///
    /// @param overlap 0 to 7 days
    /// @return the current secrets, the fresh one first, then the old ones, the latest to be replaced first
    /// @throws IllegalArgumentException if the overlap is out of range, or too many old secrets are still in use
    public static List<SealedSecret> rotate(
            List<SealedSecret> existing, SealedSecret fresh, Instant now, Duration overlap) {
        if (overlap.isNegative() || overlap.compareTo(OVERLAP_MAX) > 0) {
            throw new IllegalArgumentException(
                    "has the overlap %s: give one from 0 to %d days".formatted(overlap, OVERLAP_MAX.toDays()));
        }
        var current = new ArrayList<>(List.of(fresh));
        var replaced = new ArrayList<SealedSecret>();
        var old = new ArrayList<SealedSecret>();
        for (var secret : existing) {
            if (secret.expiresAt().isPresent()) {
                old.add(secret);
            } else if (secret.scheme().equals(fresh.scheme())) {
                replaced.add(ending(secret, now.plus(overlap)));
            } else {
                current.add(secret);
            }
        }
        var ending = Stream.concat(replaced.stream(), old.stream())
                .filter(secret -> secret.isActive(now))
                .toList();
        long count = ending.stream()
                .filter(secret -> secret.scheme().equals(fresh.scheme()))
                .count();
        if (count > OLD_MAX) {
            throw new IllegalArgumentException(
                    ("would leave %d old secrets in use, more than %d: wait until one of them"
                                    + " ends, or rotate with an overlap of 0")
                            .formatted(count, OLD_MAX));
        }
        return Stream.concat(current.stream(), ending.stream()).toList();
    }

    private static SealedSecret ending(SealedSecret secret, Instant end) {
        return new SealedSecret(
                secret.id(),
                secret.scheme(),
                secret.keyId(),
                secret.sealed(),
                secret.publicKey(),
                secret.createdAt(),
                Optional.of(end));
    }
}
