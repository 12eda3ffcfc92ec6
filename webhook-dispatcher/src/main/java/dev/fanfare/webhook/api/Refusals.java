package dev.fanfare.webhook.api;

import dev.fanfare.service.access.TokenException;
import dev.fanfare.service.access.TokenFault;
import dev.fanfare.service.http.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Answers to callers who may not, with the challenge of RFC 6750 §3.
final class Refusals {
    private static final Pattern NOT_IN_HEADER = Pattern.compile("[^\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]");
    private static final String REALM = "Bearer realm=\"fanfare\"";

    private Refusals() {}

    /// Who has shown nothing at all is told no error (RFC 6750 §3.1).
    static ProblemException nobody(String detail) {
        return challenge(ApiCode.UNAUTHORIZED, detail, "");
    }

    static ProblemException of(TokenException refused) {
        return refused.fault() == TokenFault.KEYS_AWAY
                ? new ProblemException(ApiCode.ISSUER_AWAY, refused.sentence(), Map.of("Retry-After", "2"))
                : invalid(refused.fault().code() + ": " + refused.sentence());
    }

    /// The detail is told in the header too, as far as its characters may stand there.
    static ProblemException invalid(String detail) {
        return challenge(
                ApiCode.UNAUTHORIZED,
                detail,
                ", error=\"invalid_token\", error_description=\""
                        + NOT_IN_HEADER.matcher(detail).replaceAll("?") + "\"");
    }

    /// Whose token lacks a scope.
    ///
    /// @param claims where it was looked for
    static ProblemException scope(String scope, List<String> claims) {
        return challenge(
                ApiCode.FORBIDDEN,
                "the token does not have the scope '%s' in its claim %s: ask its issuer for one that has"
                        .formatted(
                                scope,
                                String.join(
                                        " or ",
                                        claims.stream().map("'%s'"::formatted).toList())),
                ", error=\"insufficient_scope\", scope=\"" + scope + "\"");
    }

    static ProblemException forbidden(String detail) {
        return challenge(ApiCode.FORBIDDEN, detail, ", error=\"insufficient_scope\"");
    }

    private static ProblemException challenge(ApiCode code, String detail, String error) {
        return new ProblemException(code, detail, Map.of("WWW-Authenticate", REALM + error));
    }
}
