package dev.fanfare.service.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;
import java.util.Set;

/// A key and the one algorithm that it is used with. The algorithm comes from the key, never from a token (RFC 8725
/// §3.1): a public key is never taken for the secret of an HMAC.
///
/// @param id the `kid`, if it has one
/// @param algorithms the names of its algorithm
record VerificationKey(Optional<String> id, Set<String> algorithms, Check check) {
    static final int SECRET_BYTES_MIN = 32; // RFC 7518 §3.2
    private static final int RSA_BITS_MIN = 2048; // RFC 7518 §3.3

    private static final Set<String> HS256 = Set.of("HS256");
    private static final Set<String> RS256 = Set.of("RS256");
    private static final Set<String> ES256 = Set.of("ES256");
    private static final Set<String> ED25519 = Set.of("EdDSA", "Ed25519"); // RFC 8037, RFC 9864

    /// Whether a signature is right. Thread-safe.
    interface Check {
        boolean holds(JWSHeader header, byte[] signed, Base64URL signature) throws JOSEException;
    }

    /// The key, if it is of a kind and size that are taken.
    static Optional<VerificationKey> of(PublicKey key, Optional<String> id) throws JOSEException {
        return switch (key) {
            case RSAPublicKey rsa
            when rsa.getModulus().bitLength() >= RSA_BITS_MIN ->
                Optional.of(new VerificationKey(id, RS256, new RSASSAVerifier(rsa)::verify));
            case ECPublicKey ec
            when Curve.P_256.equals(Curve.forECParameterSpec(ec.getParams())) ->
                Optional.of(new VerificationKey(id, ES256, new ECDSAVerifier(ec)::verify));
            case EdECPublicKey ed
            when ed.getParams().getName().equals("Ed25519") ->
                Optional.of(new VerificationKey(id, ED25519, ed25519(ed)));
            default -> Optional.empty();
        };
    }

    /// @param secret of at least [#SECRET_BYTES_MIN]
    static VerificationKey of(byte[] secret, Optional<String> id) throws JOSEException {
        return new VerificationKey(id, HS256, new MACVerifier(secret)::verify);
    }

    /// Nimbus has that only with libraries that we do not need.
    private static Check ed25519(EdECPublicKey key) {
        return (_, signed, signature) -> {
            try {
                var verifier = Signature.getInstance("Ed25519");
                verifier.initVerify(key);
                verifier.update(signed);
                return verifier.verify(signature.decode());
            } catch (GeneralSecurityException noSignature) {
                return false;
            }
        };
    }
}
