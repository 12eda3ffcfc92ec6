package dev.fanfare.webhook.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.fanfare.service.access.IssuerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tokens of an issuer that is trusted.
public final class Tokens {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private Tokens() {}

    /// To be trusted.
    ///
    /// @param folder for its secret
    public static IssuerSettings issuer(Path folder) {
        try {
            var file = Files.writeString(folder.resolve("issuer.secret"), SECRET);
            return new IssuerSettings(
                    "https://id.example.com/", List.of("webhooks"), new IssuerSettings.KeySource.SecretFile(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// A good token.
    ///
    /// @param scope with blanks between several
    public static String of(String tenant, String scope) {
        return signed(Map.of("tenant", tenant, "scope", scope));
    }

    /// @param changes to the claims of a good token that is for nothing
    static String signed(Map<String, ?> changes) {
        return signed(SECRET, changes);
    }

    static String signed(String secret, Map<String, ?> changes) {
        try {
            var token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(claims(changes)));
            token.sign(new MACSigner(secret));
            return token.serialize();
        } catch (JOSEException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// By nobody.
    static String unsigned(Map<String, ?> changes) {
        var claims = JSONObjectUtils.toJSONString(claims(changes));
        var encoder = Base64.getUrlEncoder().withoutPadding();
        return encoder.encodeToString("{\"alg\":\"none\"}".getBytes(US_ASCII)) + "."
                + encoder.encodeToString(claims.getBytes(UTF_8)) + ".";
    }

    private static Map<String, Object> claims(Map<String, ?> changes) {
        var claims = new HashMap<String, Object>(Map.of(
                "iss", "https://id.example.com/",
                "aud", "webhooks",
                "sub", "u-1",
                "exp", Instant.now().getEpochSecond() + 600));
        claims.putAll(changes);
        return claims;
    }
}
