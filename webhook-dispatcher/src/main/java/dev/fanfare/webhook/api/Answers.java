package dev.fanfare.webhook.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.webhook.store.Writes.Reply;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;

/// Answers that are no problems. Nothing of the API is for caches.
final class Answers {
    private Answers() {}

    static void send(ServerResponse response, ObjectNode body) {
        send(response, new Reply(200, "", Json.write(body)));
    }

    static void send(ServerResponse response, Reply reply) {
        response.status(Status.create(reply.status())).header(HeaderNames.CACHE_CONTROL, "no-store");
        if (!reply.etag().isEmpty()) {
            response.header(HeaderNames.ETAG, reply.etag());
        }
        if (reply.status() == 201) {
            var id = Json.read(reply.body().getBytes(UTF_8)).required("id").textValue();
            response.header(HeaderNames.LOCATION, "/v1/endpoints/" + id);
        }
        if (reply.body().isEmpty()) {
            response.send();
        } else {
            response.header(HeaderNames.CONTENT_TYPE, "application/json").send(reply.body());
        }
    }
}
