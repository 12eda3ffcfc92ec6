package dev.fanfare.gateway.manage;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fanfare.service.http.HttpProblems;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Answers in JSON.
final class Answer {
    private static final JsonFactory JSON = new JsonFactory();

    private Answer() {}

    /// Writes one JSON value.
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    static void send(ServerRequest request, ServerResponse response, Body body) {
        send(request, response, Status.OK_200, body);
    }

    static void send(ServerRequest request, ServerResponse response, Status status, Body body) {
        HttpProblems.requestId(request, response);
        response.status(status)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(bytes(body));
    }

    static byte[] bytes(Body body) {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(bytes)) {
            body.write(json);
        } catch (IOException impossible) { // it is written to memory
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
