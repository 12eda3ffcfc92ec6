package dev.fanfare.gateway.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/// `GET /v1/openapi.json`, for everybody: what the gateway takes and answers over HTTP (OpenAPI 3.1).
public final class OpenApi implements Handler {
    private final byte[] document = resource("openapi.json");

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        response.header(HeaderNames.CONTENT_TYPE, "application/json").send(document);
    }

    /// A file beside this class.
    static byte[] resource(String name) {
        try (var in = OpenApi.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in this package");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
