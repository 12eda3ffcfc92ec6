package dev.fanfare.webhook.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.service.http.ProblemException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;

/// Lets in who has the token (RFC 6750 §2.1). Compares hashes, so that the time it takes says nothing about the token.
final class Access {
    private static final String SCHEME = "bearer ";

    private final Optional<byte[]> token;

    Access(Optional<String> token) {
        this.token = token.map(Access::hash);
    }

    void check(ServerRequest request) {
        if (token.isEmpty()) {
            return;
        }
        var header = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw refused("", "the request has no token: send 'Authorization: Bearer' and the value of api.token");
        }
        if (!MessageDigest.isEqual(
                token.get(), hash(header.substring(SCHEME.length()).strip()))) {
            throw refused(", error=\"invalid_token\"", "the token is not that of api.token: send that one");
        }
    }

    private static ProblemException refused(String error, String detail) {
        return new ProblemException(
                ApiCode.UNAUTHORIZED, detail, Map.of("WWW-Authenticate", "Bearer realm=\"fanfare\"" + error));
    }

    static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // each Java has it
        }
    }
}
