package dev.fanfare.webhook.api;

import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.store.Fields;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.Arrays;
import java.util.regex.Pattern;

/// ETags, and `If-Match` (RFC 9110 §8.8.3, §13.1.1): an update says which version it is of, so that nobody's change is
/// overwritten unseen. `*` is for who wants to overwrite whatever is there.
final class Preconditions {
    private static final Pattern TAGS = Pattern.compile("\\s*(?:W/)?\"[^\"]*\"\\s*(?:,\\s*(?:W/)?\"[^\"]*\"\\s*)*");

    private Preconditions() {}

    static String etag(Endpoint endpoint) {
        return "\"" + endpoint.version() + "\"";
    }

    /// Makes sure that the request is about the endpoint as it is.
    static void require(ServerRequest request, Endpoint endpoint) {
        if (!isGiven(request)) {
            throw new ProblemException(
                    ApiCode.PRECONDITION_REQUIRED,
                    "If-Match is missing: send the ETag that GET has answered with, or * to overwrite any version");
        }
        check(request, endpoint);
    }

    /// The same where `If-Match` may be left out.
    static void check(ServerRequest request, Endpoint endpoint) {
        if (!isGiven(request)) {
            return;
        }
        var value =
                String.join(", ", request.headers().get(HeaderNames.IF_MATCH).allValues());
        if (value.strip().equals("*")) {
            return;
        }
        if (!TAGS.matcher(value).matches()) {
            throw new ProblemException(
                    ApiCode.MALFORMED_REQUEST,
                    "If-Match is %s: send an ETag with its quotes, or *".formatted(Fields.quoted(value)));
        }
        if (Arrays.stream(value.split(",")).map(String::strip).noneMatch(etag(endpoint)::equals)) {
            throw stale();
        }
    }

    static ProblemException stale() {
        return new ProblemException(
                ApiCode.STALE, "somebody has changed the endpoint since you read it: read it again, and try again");
    }

    private static boolean isGiven(ServerRequest request) {
        return request.headers().contains(HeaderNames.IF_MATCH);
    }
}
