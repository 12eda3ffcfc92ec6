package dev.fanfare.gateway.http;

import com.fasterxml.jackson.core.JsonFactory;
import dev.fanfare.gateway.access.Caller;
import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.limits.Limits;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.publish.PublishRequest;
import dev.fanfare.gateway.publish.PublishRequests;
import dev.fanfare.gateway.publish.PublishTracing;
import dev.fanfare.gateway.publish.Publisher;
import dev.fanfare.gateway.publish.Receipt;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `POST /v1/events`. Throws a ProblemException for all that is refused but a body that is too large, which it
/// answers
/// itself. Blocks the calling virtual thread until Kafka has answered, within `publish.timeout`.
///
/// The listener needs a `max-payload-size` of a few times `publish.bytes-max`: Helidon holds a whole chunk of a
/// chunked body, whatever size the client says it has.
public final class PublishHandler implements Handler {
    private static final JsonFactory JSON = new JsonFactory();

    /// How many times `publish.bytes-max` are read and dropped after a 413: a client that still writes does not see
    /// an answer whose connection is reset.
    private static final int DRAIN_TIMES = 4;

    /// Bodies that are read or wait for Kafka at the same time, in bytes: that is what publishing may hold of the
    /// heap.
    private static final int BODIES_MAX = 64 << 20;

    private final Gate gate;
    private final Limits limits;
    private final Publish settings;
    private final Publisher publisher;
    private final @Nullable PublishTracing tracing;
    private final PublishRequests requests;
    private final BodyRoom room;

    /// @param tracing null: nothing is traced
    public PublishHandler(
            Gate gate, Limits limits, Publish settings, Publisher publisher, @Nullable PublishTracing tracing) {
        this(gate, limits, settings, publisher, tracing, Math.max(BODIES_MAX, settings.bytesMax()));
    }

    PublishHandler(
            Gate gate,
            Limits limits,
            Publish settings,
            Publisher publisher,
            @Nullable PublishTracing tracing,
            int bodiesMax) {
        this.gate = gate;
        this.limits = limits;
        this.room = new BodyRoom(bodiesMax, settings.bytesMax());
        this.settings = settings;
        this.publisher = publisher;
        this.tracing = tracing;
        this.requests = new PublishRequests(settings);
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException {
        if (!settings.enabled()) {
            throw Publisher.off();
        }
        var caller = gate.admit(request.headers(), Map.of());
        var party = limits.party(request.remotePeer(), request.headers()).with(caller.token());
        limits.publish(party);
        var length = request.headers().contentLength();
        if (length.orElse(0) > settings.bytesMax()) {
            refuse(request, response);
            return;
        }
        try (var place = room.enter(length.isPresent())) {
            var body = RequestBody.read(request, response, settings.bytesMax(), place::came);
            limits.published(party, body == null ? settings.bytesMax() : body.length);
            if (body == null) {
                refuse(request, response);
            } else {
                publish(caller, request, response, body);
            }
        }
    }

    private void publish(Caller caller, ServerRequest request, ServerResponse response, byte[] body)
            throws IOException {
        var publish = new PublishRequest(QueryParameters.of(request.query()), headers(request), body);
        var outgoing = requests.read(publish);
        outgoing.forEach(event -> caller.checkPublish(String.valueOf(event.key())));
        var key = publish.idempotencyKey().orElse(null);
        var receipts =
                tracing == null ? publisher.publish(outgoing, key) : tracing.publish(publisher, publish, outgoing, key);
        HttpProblems.requestId(request, response);
        response.status(Status.ACCEPTED_202)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(json(receipts));
    }

    private void refuse(ServerRequest request, ServerResponse response) throws IOException {
        HttpProblems.handle(
                request,
                response,
                new ProblemException(
                        ErrorCode.TOO_LARGE,
                        "the body has more than the %d bytes of 'publish.bytes-max': send less"
                                .formatted(settings.bytesMax()),
                        Map.of("Connection", "close")));
        if (request.prologue().protocolVersion().startsWith("1")) {
            drain(request);
            throw new CloseConnectionException("the rest of a body that is too large");
        }
    }

    private void drain(ServerRequest request) throws IOException {
        if (request.continueSent()) { // else the client waits for our word and sends nothing
            try (var in = request.content().inputStream()) {
                in.skip((long) settings.bytesMax() * DRAIN_TIMES);
            } catch (RequestException larger) {
                // a chunk above the listener's limit: enough is enough
            }
        }
    }

    private static Map<String, List<String>> headers(ServerRequest request) {
        var headers = new HashMap<String, List<String>>();
        request.headers().forEach(header -> headers.put(header.headerName().lowerCase(), header.allValues()));
        return headers;
    }

    private static byte[] json(List<Receipt> receipts) throws IOException {
        var bytes = new ByteArrayOutputStream(128);
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeArrayFieldStart("events");
            for (var receipt : receipts) {
                json.writeStartObject();
                json.writeStringField("id", receipt.id());
                json.writeStringField("topic", receipt.topic());
                json.writeNumberField("partition", receipt.partition());
                json.writeNumberField("offset", receipt.offset());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }
}
