package dev.fanfare.webhook.api;

import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/// `/v1/openapi.json`, for everybody: what the API takes and answers (OpenAPI 3.1).
final class OpenApi {
    static final String PATH = "/v1/openapi.json";

    private final byte[] document;

    OpenApi() {
        try (var in = OpenApi.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("openapi.json is not in this package");
            }
            document = in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    Api.Route route() {
        return Api.Route.of(Method.GET, PATH, Api.Door.OPEN, this::read);
    }

    private void read(ServerRequest request, ServerResponse response, Caller caller) {
        response.header(HeaderNames.CONTENT_TYPE, "application/json").send(document);
    }
}
