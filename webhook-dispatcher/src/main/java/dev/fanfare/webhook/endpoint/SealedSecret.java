package dev.fanfare.webhook.endpoint;

import java.time.Instant;
import java.util.Optional;

/// A signing secret as it is stored: encrypted.
///
/// @param scheme `v1` (a symmetric key) or `v1a` (an Ed25519 private key)
/// @param keyId which of the configured keys it is encrypted with
/// @param sealed nonce and ciphertext
/// @param publicKey of `v1a`, 32 bytes; empty for `v1`
/// @param expiresAt when it stops being used, empty for the current one
@SuppressWarnings("ArrayRecordComponent") // never changed, compared by identity
public record SealedSecret(
        String id,
        String scheme,
        String keyId,
        byte[] sealed,
        byte[] publicKey,
        Instant createdAt,
        Optional<Instant> expiresAt) {

    /// Whether requests made at that time are signed with it.
    public boolean isActive(Instant now) {
        return expiresAt.isEmpty() || now.isBefore(expiresAt.get());
    }

    @Override
    public String toString() {
        return "SealedSecret[" + id + ", " + scheme + ", key " + keyId + "]";
    }
}
