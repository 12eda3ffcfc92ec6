package dev.fanfare.gateway.access;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.access.TokenException;
import dev.fanfare.service.http.ProblemException;
import java.util.Map;
import java.util.regex.Pattern;

/// Answers to callers who may not, with the challenge of RFC 6750 §3.
public final class Refusals {
    private static final Pattern NOT_IN_HEADER = Pattern.compile("[^\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]");
    private static final String REALM = "Bearer realm=\"fanfare\"";

    private Refusals() {}

    /// Who has shown nothing at all is told no error (RFC 6750 §3.1).
    public static ProblemException nobody(String detail) {
        return new ProblemException(ErrorCode.UNAUTHORIZED, detail, Map.of("WWW-Authenticate", REALM));
    }

    static ProblemException of(TokenException refused) {
        return switch (refused.fault()) {
            case KEYS_AWAY ->
                new ProblemException(ErrorCode.ISSUER_AWAY, refused.sentence(), Map.of("Retry-After", "2"));
            case EXPIRED -> invalid(ErrorCode.TOKEN_EXPIRED, refused);
            case REVOKED -> invalid(ErrorCode.TOKEN_REVOKED, refused);
            default -> invalid(ErrorCode.INVALID_TOKEN, refused);
        };
    }

    private static ProblemException invalid(ErrorCode code, TokenException refused) {
        return invalid(code, refused.fault().code() + ": " + refused.sentence());
    }

    /// The detail is told in the header too, as far as its characters may stand there.
    public static ProblemException invalid(ErrorCode code, String detail) {
        var description = NOT_IN_HEADER.matcher(detail).replaceAll("?");
        return new ProblemException(
                code,
                detail,
                Map.of(
                        "WWW-Authenticate",
                        REALM + ", error=\"invalid_token\", error_description=\"" + description + "\""));
    }

    static ProblemException badRequest(String detail) {
        return new ProblemException(
                ErrorCode.INVALID_PARAMETER, detail, Map.of("WWW-Authenticate", REALM + ", error=\"invalid_request\""));
    }

    /// Who is known, but may not.
    public static ProblemException forbidden(String detail) {
        return new ProblemException(
                ErrorCode.FORBIDDEN, detail, Map.of("WWW-Authenticate", REALM + ", error=\"insufficient_scope\""));
    }
}
