package dev.fanfare.gateway.http;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.FlatJson;
import dev.fanfare.gateway.protocol.Nearest;
import dev.fanfare.service.http.ProblemException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/// What an operator's request says: a small JSON object with texts.
final class Members {
    private static final int BODY_MAX = 8192;

    private Members() {}

    /// @param known the names that there may be
    /// @throws ProblemException if it is too large, is no such object or has another member
    static Map<String, String> read(ServerRequest request, ServerResponse response, Set<String> known)
            throws IOException {
        var body = RequestBody.read(request, response, BODY_MAX);
        if (body == null) {
            throw new ProblemException(
                    ErrorCode.TOO_LARGE, "the body has more than %d bytes: send less".formatted(BODY_MAX));
        }
        try {
            var members = FlatJson.read(body);
            for (var name : members.keySet()) {
                if (!known.contains(name)) {
                    throw Nearest.unknownParameter(name, known);
                }
            }
            return members;
        } catch (IllegalArgumentException bad) {
            throw invalid("the body cannot be read, %s: send a JSON object with texts".formatted(bad.getMessage()));
        }
    }

    static ProblemException invalid(String detail) {
        return new ProblemException(ErrorCode.INVALID_PARAMETER, detail);
    }
}
