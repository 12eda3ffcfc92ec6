package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.store.Fields;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;

/// Reads requests' bodies, none of them larger than is allowed.
final class Bodies {
    /// How many times the limit is read and dropped before a 413: a client that still writes does not see an answer
    /// whose connection is reset.
    private static final int DRAIN_TIMES = 4;

    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final int bodyMax;

    Bodies(int bodyMax) {
        this.bodyMax = bodyMax;
    }

    /// The bytes, empty if there are none.
    byte[] bytes(ServerRequest request) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        long length = request.headers().contentLength().orElse(0);
        if (length > (long) bodyMax * DRAIN_TIMES || (length > bodyMax && !request.continueSent())) {
            throw tooLarge();
        }
        try {
            var in = request.content().inputStream();
            var body = in.readNBytes(bodyMax + 1);
            if (body.length > bodyMax) {
                in.skip((long) bodyMax * DRAIN_TIMES);
                throw tooLarge();
            }
            return body;
        } catch (RequestException refused) {
            if (refused.status().code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
                throw tooLarge();
            }
            throw refused;
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /// The object of a body that has to be there.
    static ObjectNode object(ServerRequest request, byte[] body) {
        checkType(request, body, false);
        return Json.read(body);
    }

    /// An empty object where there is no body.
    static ObjectNode optionalObject(ServerRequest request, byte[] body) {
        return body.length == 0 ? Json.object() : object(request, body);
    }

    /// A JSON Merge Patch (RFC 7396).
    static ObjectNode patch(ServerRequest request, byte[] body) {
        checkType(request, body, true);
        return Json.read(body);
    }

    private static void checkType(ServerRequest request, byte[] body, boolean patch) {
        if (body.length == 0) {
            throw new ProblemException(ApiCode.MALFORMED_JSON, "the body is missing: send a JSON object");
        }
        var type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        int end = type.indexOf(';');
        var essence = (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        if (!essence.equals(JSON) && !(patch && essence.equals(MERGE_PATCH))) {
            throw new ProblemException(
                    ApiCode.UNSUPPORTED_MEDIA_TYPE,
                    "the Content-Type is %s: send %s"
                            .formatted(
                                    essence.isEmpty() ? "missing" : Fields.quoted(essence),
                                    patch ? MERGE_PATCH + " or " + JSON : JSON));
        }
    }

    private ProblemException tooLarge() {
        return new ProblemException(
                ApiCode.TOO_LARGE,
                "the body has more than %d bytes: send less".formatted(bodyMax),
                Map.of("Connection", "close"));
    }
}
