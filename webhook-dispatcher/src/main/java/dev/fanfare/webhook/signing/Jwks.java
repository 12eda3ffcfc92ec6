package dev.fanfare.webhook.signing;

import dev.fanfare.events.JsonBytes;
import dev.fanfare.webhook.endpoint.Endpoint;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;

/// The public keys that receivers verify `v1a` signatures with, as a JWK set (RFC 7517 §5, RFC 8037 §2).
public final class Jwks {
    /// Its media type (RFC 7517 §8.5).
    public static final String CONTENT_TYPE = "application/jwk-set+json";

    private Jwks() {}

    /// The keys of these endpoints that sign at that time; `kid` is the secret's id.
    public static byte[] render(Collection<Endpoint> endpoints, Instant now) {
        var out = new JsonBytes(256).raw("{\"keys\":[");
        var separator = "";
        for (var endpoint : endpoints) {
            for (var secret : endpoint.secrets()) {
                if (secret.scheme().equals(Secrets.V1A) && secret.isActive(now)) {
                    out.raw(separator)
                            .raw("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"use\":\"sig\"")
                            .member("kid", secret.id())
                            .member("x", Base64.getUrlEncoder().withoutPadding().encodeToString(secret.publicKey()))
                            .raw("}");
                    separator = ",";
                }
            }
        }
        return out.raw("]}").done();
    }
}
