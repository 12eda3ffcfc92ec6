package dev.fanfare.webhook.signing;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// A secret, ready to sign. Immutable; shows nothing of itself.
sealed interface SigningKey {
    /// Signs `head` and then `body`.
    byte[] sign(byte[] head, byte[] body);

    /// Of the bytes that were sealed: an HMAC key, or an Ed25519 seed.
    ///
    /// @throws IllegalStateException if the scheme is not known, or the bytes are not its key
    static SigningKey of(String scheme, byte[] secret) {
        return switch (scheme) {
            case Secrets.V1 -> new Symmetric(new SecretKeySpec(secret, Symmetric.ALGORITHM));
            case Secrets.V1A -> {
                try {
                    yield new Asymmetric(KeyFactory.getInstance(Asymmetric.ALGORITHM)
                            .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, secret)));
                } catch (GeneralSecurityException noKey) {
                    throw new IllegalStateException("not the seed of an Ed25519 key: it has 32 bytes");
                }
            }
            default -> throw new IllegalStateException("no signature scheme '" + scheme + "'");
        };
    }

    /// `v1`: HMAC-SHA256 (RFC 2104).
    record Symmetric(SecretKey key) implements SigningKey {
        private static final String ALGORITHM = "HmacSHA256";

        @Override
        public byte[] sign(byte[] head, byte[] body) {
            try {
                var mac = Mac.getInstance(ALGORITHM);
                mac.init(key);
                mac.update(head);
                return mac.doFinal(body);
            } catch (GeneralSecurityException noHmac) {
                throw new IllegalStateException("HMAC-SHA256 does not work here", noHmac);
            }
        }

        @Override
        public String toString() {
            return "a symmetric key";
        }
    }

    /// `v1a`: Ed25519 (RFC 8032).
    record Asymmetric(PrivateKey key) implements SigningKey {
        private static final String ALGORITHM = "Ed25519";

        @Override
        public byte[] sign(byte[] head, byte[] body) {
            try {
                var signature = Signature.getInstance(ALGORITHM);
                signature.initSign(key);
                signature.update(head);
                signature.update(body);
                return signature.sign();
            } catch (GeneralSecurityException noEd25519) {
                throw new IllegalStateException("Ed25519 does not work here", noEd25519);
            }
        }

        @Override
        public String toString() {
            return "an asymmetric key";
        }
    }
}
