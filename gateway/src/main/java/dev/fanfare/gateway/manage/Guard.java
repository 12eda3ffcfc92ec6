package dev.fanfare.gateway.manage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.access.Refusals;
import dev.fanfare.gateway.config.ManagementSettings;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.regex.Pattern;

/// Lets operators in, by their bearer token (RFC 6750 §2.1): that of `management.token`, or one of an issuer that has
/// `access.operator-scope`. Cookies, tickets and URLs are not looked at, so that no page can use what a browser holds.
/// Thread-safe; may wait for an issuer's keys.
final class Guard {
    private static final String SCHEME = "bearer ";
    private static final Pattern GOOD = Pattern.compile("[!-~]{32,}");

    private final boolean hasIssuers;
    private final Gate gate;
    private final Optional<byte[]> token;

    /// @param hasIssuers whether tokens of any are taken
    /// @throws IllegalArgumentException if nobody could be let in, or the token could be guessed
    Guard(ManagementSettings settings, boolean hasIssuers, Gate gate) {
        if (settings.token().isEmpty() && !hasIssuers) {
            throw new IllegalArgumentException(
                    "management.enabled: nobody could use it: set management.token or access.issuers");
        }
        settings.token().filter(text -> !GOOD.matcher(text).matches()).ifPresent(_ -> {
            throw new IllegalArgumentException("management.token: is refused: it must have 32 or more characters of"
                    + " ASCII, without spaces, as of 'openssl rand -hex 32'"); // and is not shown
        });
        this.hasIssuers = hasIssuers;
        this.gate = gate;
        this.token = settings.token().map(Guard::hash);
    }

    /// @throws ProblemException with 401 if there is no good token, 403 if it is not good for this, 503 if the issuer's
    /// keys cannot be had
    void check(ServerRequest request) {
        var header = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Refusals.nobody("the request has no token: send 'Authorization: Bearer' and "
                    + (token.isPresent() ? "the value of management.token, or a token" : "a token")
                    + " of an operator");
        }
        var shown = header.substring(SCHEME.length()).strip();
        // hashes, so that the time it takes says nothing about the token
        if (token.isEmpty() || !MessageDigest.isEqual(token.get(), hash(shown))) {
            if (!hasIssuers) {
                throw Refusals.invalid(
                        ErrorCode.INVALID_TOKEN, "the token is not that of management.token: send that one");
            }
            gate.checkOperator(gate.admit(shown));
        }
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // each Java has it
        }
    }
}
