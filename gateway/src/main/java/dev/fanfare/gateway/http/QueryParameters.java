package dev.fanfare.gateway.http;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import io.helidon.common.uri.UriQuery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// The parameters of a URL, decoded, by name.
public final class QueryParameters {
    private static final Pattern BROKEN = Pattern.compile("%(?![0-9A-Fa-f]{2})");

    private QueryParameters() {}

    /// Reads all. A parameter without a value has an empty one; stray `?` and `&` are nothing.
    ///
    /// @throws ProblemException if the query is not percent-encoded UTF-8
    public static Map<String, List<String>> of(UriQuery query) {
        if (BROKEN.matcher(query.rawValue()).find()) {
            throw notEncoded(); // Helidon fails on it in one way or another, or makes something else of it
        }
        try {
            var parameters = new HashMap<String, List<String>>();
            for (var name : query.names()) {
                var values = query.all(name);
                if (!name.isEmpty() || !values.stream().allMatch(String::isEmpty)) {
                    parameters.put(name, values.isEmpty() ? List.of("") : List.copyOf(values));
                }
            }
            return parameters;
        } catch (IllegalArgumentException bad) {
            throw notEncoded();
        }
    }

    private static ProblemException notEncoded() {
        return new ProblemException(
                ErrorCode.INVALID_PARAMETER, "the query is not percent-encoded UTF-8: write %25 for a '%' itself");
    }
}
