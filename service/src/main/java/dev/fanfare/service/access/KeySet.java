package dev.fanfare.service.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The keys of an issuer at one time. Keys of other kinds, for encryption, or too small, are left out.
///
/// @param keys at least one
record KeySet(List<VerificationKey> keys) {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN (PUBLIC KEY|CERTIFICATE)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
    private static final byte[] ED25519_SPKI = HexFormat.of().parseHex("302a300506032b6570032100"); // RFC 8410 §4
    private static final int ED25519_BYTES = 32;

    KeySet {
        keys = List.copyOf(keys);
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("has no key for RS256 (of 2048 bits or more), ES256 or EdDSA");
        }
    }

    /// Whether a key has this id.
    boolean has(String id) {
        return keys.stream().anyMatch(key -> key.id().filter(id::equals).isPresent());
    }

    /// The keys that a token may have been signed with.
    ///
    /// @param id the token's `kid`; without one it may be any key, with one also a key that has none
    List<VerificationKey> find(Optional<String> id) {
        if (id.isEmpty()) {
            return keys;
        }
        var named = keys.stream().filter(key -> key.id().equals(id)).toList();
        return named.isEmpty() ? keys.stream().filter(key -> key.id().isEmpty()).toList() : named;
    }

    /// Reads a JSON Web Key Set.
    ///
    /// @param secrets whether keys for HMAC are taken: never from what anybody can fetch
    /// @throws IllegalArgumentException says what is wrong, and shows nothing of the text
    static KeySet ofJwks(String json, boolean secrets) {
        try {
            var keys = new ArrayList<VerificationKey>();
            for (var jwk : JWKSet.parse(json).getKeys()) {
                if (jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE)) {
                    key(jwk, secrets).filter(key -> agrees(key, jwk)).ifPresent(keys::add);
                }
            }
            return new KeySet(keys);
        } catch (ParseException | JOSEException | GeneralSecurityException noSet) {
            throw new IllegalArgumentException("is no JSON Web Key Set", noSet);
        }
    }

    private static boolean agrees(VerificationKey key, JWK jwk) {
        return jwk.getAlgorithm() == null
                || key.algorithms().contains(jwk.getAlgorithm().getName());
    }

    private static Optional<VerificationKey> key(JWK jwk, boolean secrets)
            throws JOSEException, GeneralSecurityException {
        var id = Optional.ofNullable(jwk.getKeyID());
        return switch (jwk) {
            case RSAKey rsa -> VerificationKey.of(rsa.toPublicKey(), id);
            case ECKey ec -> VerificationKey.of(ec.toPublicKey(), id);
            case OctetKeyPair pair
            when pair.getCurve().equals(Curve.Ed25519) -> VerificationKey.of(ed25519(pair.getDecodedX()), id);
            case OctetSequenceKey oct
            when secrets && oct.size() >= 8 * VerificationKey.SECRET_BYTES_MIN ->
                Optional.of(VerificationKey.of(oct.toByteArray(), id));
            default -> Optional.empty();
        };
    }

    private static PublicKey ed25519(byte[] x) throws GeneralSecurityException {
        var encoded = Arrays.copyOf(ED25519_SPKI, ED25519_SPKI.length + ED25519_BYTES);
        System.arraycopy(x, 0, encoded, ED25519_SPKI.length, Math.min(x.length, ED25519_BYTES));
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    /// Reads a public key or a certificate in PEM.
    ///
    /// @throws IllegalArgumentException says what is wrong
    static KeySet ofPem(String text) {
        var pem = PEM.matcher(text);
        if (!pem.find()) {
            throw new IllegalArgumentException("has no '-----BEGIN PUBLIC KEY-----' or '-----BEGIN CERTIFICATE-----'");
        }
        try {
            var encoded = Base64.getMimeDecoder().decode(pem.group(2));
            var key = pem.group(1).equals("CERTIFICATE")
                    ? CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(encoded))
                            .getPublicKey()
                    : publicKey(encoded);
            return new KeySet(VerificationKey.of(key, Optional.empty()).stream().toList());
        } catch (GeneralSecurityException | JOSEException | IllegalArgumentException noKey) {
            throw new IllegalArgumentException("has no key for RS256 (of 2048 bits or more), ES256 or EdDSA", noKey);
        }
    }

    private static PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
        var spec = new X509EncodedKeySpec(encoded);
        var failure = new GeneralSecurityException("no kind of key that is known");
        for (var kind : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(spec);
            } catch (GeneralSecurityException another) {
                failure.addSuppressed(another);
            }
        }
        throw failure;
    }

    /// Takes a secret for HS256.
    ///
    /// @throws IllegalArgumentException says what is wrong, and shows nothing of the secret
    static KeySet ofSecret(byte[] file) {
        int length = file.length;
        while (length > 0 && (file[length - 1] == '\n' || file[length - 1] == '\r')) {
            length--;
        }
        if (length < VerificationKey.SECRET_BYTES_MIN) {
            throw new IllegalArgumentException("has %d bytes: a secret for HS256 needs %d, as of 'openssl rand -hex 32'"
                    .formatted(length, VerificationKey.SECRET_BYTES_MIN));
        }
        if (new String(file, 0, length, java.nio.charset.StandardCharsets.ISO_8859_1).contains("-----BEGIN ")) {
            throw new IllegalArgumentException("is in PEM: a key pair is no secret, give its public key as one");
        }
        try {
            return new KeySet(List.of(VerificationKey.of(Arrays.copyOf(file, length), Optional.empty())));
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible); // it is long enough
        }
    }
}
