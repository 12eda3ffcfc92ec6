package dev.fanfare.gateway.publish;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What came in by `POST /v1/events`, free of any server.
///
/// @param query parameters, decoded
/// @param headers by lower-case name, as they came
@SuppressWarnings("ArrayRecordComponent") // lives for one request and is never compared
public record PublishRequest(Map<String, List<String>> query, Map<String, List<String>> headers, byte[] body) {
    /// The client's name for this request, which makes a repeat get the first answer.
    public static final String IDEMPOTENCY_KEY = "idempotency-key";

    public Optional<String> idempotencyKey() {
        return header(IDEMPOTENCY_KEY);
    }

    /// @throws ProblemException if it is there twice
    Optional<String> header(String name) {
        var values = headers.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER,
                    "header '%s' is there %d times: send one".formatted(name, values.size()));
        }
        return values.stream().findFirst();
    }
}
