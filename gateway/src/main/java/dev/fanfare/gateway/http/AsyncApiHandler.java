package dev.fanfare.gateway.http;

import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.config.GatewaySettings;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Map;

/// `GET /v1/asyncapi.json`: the channels of this gateway. For whoever may anything here, since it names topics and
/// routes.
public final class AsyncApiHandler implements Handler {
    private final Gate gate;
    private final byte[] document;

    public AsyncApiHandler(GatewaySettings settings, Gate gate) {
        this.gate = gate;
        this.document = AsyncApi.of(settings);
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        gate.admit(request.headers(), Map.of());
        response.header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(document);
    }
}
