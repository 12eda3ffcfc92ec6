package dev.fanfare.gateway.http;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.HttpProblems;
import io.helidon.common.buffers.DataReader;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Bodies of requests, read whole.
final class RequestBody {
    private static final int PIECE = 8192;

    private RequestBody() {}

    /// Null if there is more than is allowed; of that, no more than that is held.
    /// Answers, and ends the connection, if it comes in chunks that are none.
    static byte @Nullable [] read(ServerRequest request, ServerResponse response, int bytesMax) throws IOException {
        return read(request, response, bytesMax, _ -> {});
    }

    /// The same, and tells how many bytes more have come.
    static byte @Nullable [] read(ServerRequest request, ServerResponse response, int bytesMax, IntConsumer came)
            throws IOException {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try {
            var in = request.content().inputStream();
            var body = new ByteArrayOutputStream();
            var piece = new byte[Math.min(PIECE, bytesMax + 1)];
            while (body.size() <= bytesMax) {
                int length = in.read(piece, 0, Math.min(piece.length, bytesMax + 1 - body.size()));
                if (length < 0) {
                    return body.toByteArray();
                }
                came.accept(length);
                body.write(piece, 0, length);
            }
            return null;
        } catch (RequestException refused) {
            if (refused.status().code() == Status.REQUEST_ENTITY_TOO_LARGE_413.code()) {
                return null; // a single chunk above the listener's limit
            }
            throw refused;
        } catch (IllegalArgumentException | DataReader.IncorrectNewLineException noSize) {
            throw HttpProblems.last(
                    request,
                    response,
                    ErrorCode.INVALID_MESSAGE,
                    "the body is not in chunks, as 'Transfer-Encoding' says: begin each with its size in hex");
        }
    }
}
