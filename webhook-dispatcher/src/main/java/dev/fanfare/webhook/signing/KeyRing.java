package dev.fanfare.webhook.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.webhook.endpoint.SealedSecret;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// The configured encryption keys, under which endpoints' secrets are stored: AES-256-GCM (NIST SP 800-38D) with a
/// random nonce of 96 bits before the ciphertext, and the secret's id as additional data, so that a secret that
/// somebody moved to another row does not open. New secrets are sealed with the current key; the others only open.
///
/// Thread-safe.
public final class KeyRing {
    /// Bytes of a key.
    public static final int KEY_BYTES = 32;

    private static final Pattern ID_SHAPE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, SecretKey> keys;
    private final String current;
    private final SecretKey currentKey;

    /// Checks ids and lengths.
    ///
    /// @param keys by id; the arrays are copied
    /// @param current id of the key for new secrets
    /// @throws IllegalArgumentException with a sentence that names the key and what is wrong with it
    public KeyRing(Map<String, byte[]> keys, String current) {
        var ring = HashMap.<String, SecretKey>newHashMap(keys.size());
        keys.forEach((id, bytes) -> ring.put(id, key(id, bytes)));
        var key = ring.get(current);
        if (key == null) {
            throw new IllegalArgumentException(
                    "the current encryption key '%s' is not among the keys %s: name one of them"
                            .formatted(current, new TreeSet<>(ring.keySet())));
        }
        this.keys = Map.copyOf(ring);
        this.current = current;
        this.currentKey = key;
    }

    private static SecretKey key(String id, byte[] bytes) {
        if (!ID_SHAPE.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "the encryption key's id '%s' has not 1 to 64 of A-Z a-z 0-9 . _ -: rename it".formatted(id));
        }
        if (bytes.length != KEY_BYTES) {
            throw new IllegalArgumentException(
                    "the encryption key '%s' has %d bytes: give %d random ones".formatted(id, bytes.length, KEY_BYTES));
        }
        return new SecretKeySpec(bytes, "AES");
    }

    /// Makes sure, at start, that all secrets can be opened.
    ///
    /// @throws UnsealableException for the first one that cannot
    public void check(Collection<SealedSecret> secrets) {
        secrets.forEach(this::open);
    }

    /// The same secret under the current key.
    ///
    /// @return empty if it is that already
    /// @throws UnsealableException if no configured key opens it
    public Optional<SealedSecret> renew(SealedSecret secret) {
        if (secret.keyId().equals(current)) {
            return Optional.empty();
        }
        var sealed = seal(secret.id(), secret.scheme(), open(secret), secret.publicKey(), secret.createdAt());
        return Optional.of(new SealedSecret(
                secret.id(),
                secret.scheme(),
                sealed.keyId(),
                sealed.sealed(),
                secret.publicKey(),
                secret.createdAt(),
                secret.expiresAt()));
    }

    /// A secret as it is stored, without end.
    ///
    /// @param publicKey of `v1a`, else empty
    SealedSecret seal(String id, String scheme, byte[] secret, byte[] publicKey, Instant createdAt) {
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            var cipher = cipher(Cipher.ENCRYPT_MODE, currentKey, nonce, id);
            var sealed = ByteBuffer.allocate(NONCE_BYTES + cipher.getOutputSize(secret.length))
                    .put(nonce)
                    .put(cipher.doFinal(secret));
            return new SealedSecret(id, scheme, current, sealed.array(), publicKey, createdAt, Optional.empty());
        } catch (GeneralSecurityException noAes) {
            throw new IllegalStateException("AES-GCM does not work here", noAes);
        }
    }

    /// The bytes that were sealed.
    ///
    /// @throws UnsealableException if no configured key opens it
    byte[] open(SealedSecret secret) {
        var key = keys.get(secret.keyId());
        if (key == null) {
            throw new UnsealableException(
                    "secret %s is sealed with the encryption key '%s', which is not configured: add that key"
                            .formatted(secret.id(), secret.keyId()));
        }
        var sealed = ByteBuffer.wrap(secret.sealed());
        if (sealed.remaining() < NONCE_BYTES) {
            throw broken(secret);
        }
        var nonce = new byte[NONCE_BYTES];
        sealed.get(nonce);
        try {
            return cipher(Cipher.DECRYPT_MODE, key, nonce, secret.id())
                    .doFinal(secret.sealed(), NONCE_BYTES, sealed.remaining());
        } catch (AEADBadTagException otherKey) {
            throw broken(secret);
        } catch (GeneralSecurityException noAes) {
            throw new IllegalStateException("AES-GCM does not work here", noAes);
        }
    }

    private static UnsealableException broken(SealedSecret secret) {
        return new UnsealableException(
                ("secret %s does not open with the encryption key '%s': configure the key that had"
                                + " this id when the secret was made, and give new keys new ids")
                        .formatted(secret.id(), secret.keyId()));
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String id) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(id.getBytes(UTF_8));
        return cipher;
    }

    @Override
    public String toString() {
        return "KeyRing[" + new TreeSet<>(keys.keySet()) + ", current " + current + "]";
    }
}
