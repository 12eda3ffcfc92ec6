package dev.fanfare.webhook.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.service.access.TokenException;
import dev.fanfare.service.access.TokenVerifier;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// Finds out who asks, by their bearer token (RFC 6750 §2.1): that of `api.token`, which is good for everything, or one
/// of an issuer, which is good for what it says. With neither configured anybody may everything; only loopback can be
/// bound then. Thread-safe; may wait for an issuer's keys.
final class Access {
    private static final String SCHEME = "bearer ";
    private static final int OWNER_BYTES = 8;

    private final Optional<byte[]> token;
    private final TokenVerifier verifier;
    private final Grants grants;
    private final Caller operator;

    Access(ApiSettings settings, TokenVerifier verifier) {
        this.token = settings.token().map(Access::hash);
        this.verifier = verifier;
        this.grants = new Grants(settings.access());
        this.operator = new Caller(
                settings.token()
                        .map(text -> HexFormat.of().formatHex(hash("idempotency " + text), 0, OWNER_BYTES))
                        .orElse("anybody"),
                Optional.empty());
    }

    /// Lets a request in.
    ///
    /// @throws dev.fanfare.service.http.ProblemException with 401 if the token is missing or not good, 403 if it is
    /// not good for this, 503 if the issuer's keys cannot be had
    Caller admit(ServerRequest request, Right needed) {
        if (token.isEmpty() && !verifier.hasIssuers()) {
            return operator;
        }
        var header = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Refusals.nobody("the request has no token: send 'Authorization: Bearer' and "
                    + (verifier.hasIssuers() ? "a token of an issuer" : "the value of api.token"));
        }
        var shown = header.substring(SCHEME.length()).strip();
        // hashes, so that the time it takes says nothing about the token
        if (token.isPresent() && MessageDigest.isEqual(token.get(), hash(shown))) {
            return operator;
        }
        if (!verifier.hasIssuers()) {
            throw Refusals.invalid("the token is not that of api.token: send that one");
        }
        try {
            return grants.caller(verifier.verify(shown), needed);
        } catch (TokenException refused) {
            throw Refusals.of(refused);
        }
    }

    static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // each Java has it
        }
    }
}
