package dev.fanfare.gateway.http;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.HttpProblems;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Bodies of requests, read whole.
final class RequestBody {
    private RequestBody() {}

    /// Null if there is more than is allowed; of that, no more than that is held.
    /// Answers, and ends the connection, if it comes in chunks that are none.
    static byte @Nullable [] read(ServerRequest request, ServerResponse response, int bytesMax) throws IOException {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try {
            var body = request.content().inputStream().readNBytes(bytesMax + 1);
            return body.length > bytesMax ? null : body;
        } catch (RequestException refused) {
            if (refused.status().code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
                return null; // a single chunk above the listener's limit
            }
            throw refused;
        } catch (IllegalArgumentException noSize) {
            throw HttpProblems.last(
                    request,
                    response,
                    ErrorCode.INVALID_MESSAGE,
                    "the body is not in chunks, as 'Transfer-Encoding' says: begin each with its size in hex");
        }
    }
}
