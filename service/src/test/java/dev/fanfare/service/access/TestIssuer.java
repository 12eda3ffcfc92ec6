package dev.fanfare.service.access;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Keys, and the tokens that are signed with them.
final class TestIssuer {
    static final String NAME = "https://id.example.com/";
    static final long NOW = 1_800_000_000;

    private TestIssuer() {}

    /// A key pair and its public half as a JWK.
    record Key(String algorithm, KeyPair pair, JWK jwk) {}

    static Key rsa(String id) {
        var pair = pair("RSA");
        return new Key(
                "RS256",
                pair,
                new RSAKey.Builder((RSAPublicKey) pair.getPublic()).keyID(id).build());
    }

    static Key ec(String id) {
        var pair = pair("EC");
        return new Key(
                "ES256",
                pair,
                new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic())
                        .keyID(id)
                        .build());
    }

    static Key ed(String id) {
        var pair = pair("Ed25519");
        var encoded = pair.getPublic().getEncoded();
        var x = Base64URL.encode(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        return new Key(
                "EdDSA",
                pair,
                new OctetKeyPair.Builder(Curve.Ed25519, x).keyID(id).build());
    }

    private static KeyPair pair(String kind) {
        try {
            var generator = KeyPairGenerator.getInstance(kind);
            if (kind.equals("RSA")) {
                generator.initialize(2048);
            } else if (kind.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String jwks(Key... keys) {
        return new JWKSet(List.of(keys).stream().map(Key::jwk).toList()).toString();
    }

    /// Claims that are good at [#NOW], with changes; a change to null leaves one out.
    static Map<String, Object> claims(Object... changes) {
        var claims = new HashMap<String, Object>(
                Map.of("iss", NAME, "aud", "fanfare", "sub", "u1", "exp", NOW + 60, "iat", NOW - 10, "jti", "t1"));
        for (int i = 0; i < changes.length; i += 2) {
            var value = changes[i + 1];
            if (value.equals("-")) {
                claims.remove((String) changes[i]);
            } else {
                claims.put((String) changes[i], value);
            }
        }
        return claims;
    }

    static String sign(Key key, Map<String, Object> claims) {
        return sign(
                key,
                new JWSHeader.Builder(JWSAlgorithm.parse(key.algorithm()))
                        .keyID(key.jwk().getKeyID()),
                claims);
    }

    static String sign(Key key, JWSHeader.Builder header, Map<String, Object> claims) {
        return key.algorithm().equals("EdDSA")
                ? signEd(key.pair().getPrivate(), header, claims)
                : sign(header, claims, key.pair().getPrivate());
    }

    private static String signEd(PrivateKey key, JWSHeader.Builder header, Map<String, Object> claims) {
        try {
            var input = header.build().toBase64URL() + "." + new Payload(claims).toBase64URL();
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(input.getBytes(US_ASCII));
            return input + "." + Base64URL.encode(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String sign(JWSHeader.Builder header, Map<String, Object> claims, PrivateKey key) {
        try {
            var object = new JWSObject(header.build(), new Payload(claims));
            object.sign(key.getAlgorithm().equals("RSA") ? new RSASSASigner(key) : new ECDSASigner(key, Curve.P_256));
            return object.serialize();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// @param header its algorithm is HMAC
    static String signHmac(byte[] secret, JWSHeader.Builder header, Map<String, Object> claims) {
        try {
            var object = new JWSObject(header.build(), new Payload(claims));
            object.sign(new MACSigner(secret));
            return object.serialize();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
