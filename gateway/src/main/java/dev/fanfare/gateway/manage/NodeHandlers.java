package dev.fanfare.gateway.manage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.cluster.Node;
import dev.fanfare.gateway.cluster.Nodes;
import dev.fanfare.gateway.config.GatewaySettings.Shutdown;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.gateway.session.Transport;
import dev.fanfare.service.http.HttpProblems;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/// `GET /v1/node`, `/v1/node/drain`, `GET /v1/nodes`, `GET /v1/config`: how this node is doing, and sending its clients
/// elsewhere; and which others there are.
final class NodeHandlers {
    private static final int SECONDS_MAX = 3600;

    private final Sessions sessions;
    private final Channels channels;
    private final Drainage drainage;
    private final Shutdown standard;
    private final Supplier<Node> node;
    private final Supplier<Nodes> nodes;
    private final byte[] configuration;

    NodeHandlers(
            Sessions sessions,
            Channels channels,
            Drainage drainage,
            Shutdown standard,
            Supplier<Node> node,
            Supplier<Nodes> nodes,
            byte[] configuration) {
        this.sessions = sessions;
        this.channels = channels;
        this.drainage = drainage;
        this.standard = standard;
        this.node = node;
        this.nodes = nodes;
        this.configuration = configuration;
    }

    void register(HttpRouting.Builder routing) {
        routing.get("/v1/node", this::show);
        routing.get("/v1/node/drain", (request, response) -> answer(request, response, drainage::progress));
        routing.post("/v1/node/drain", this::drain);
        routing.delete("/v1/node/drain", (request, response) -> answer(request, response, drainage::cancel));
        routing.get("/v1/nodes", this::list);
        routing.get("/v1/config", this::configuration);
    }

    private void show(ServerRequest request, ServerResponse response) {
        var _ = new Query(request);
        var now = node.get();
        var counted = sessions.metrics();
        var memory = Runtime.getRuntime();
        Answer.send(request, response, json -> {
            json.writeStartObject();
            json.writeStringField("version", now.version());
            json.writeStringField(
                    "startedAt", Instant.ofEpochMilli(now.startedAtMillis()).toString());
            json.writeStringField("time", Instant.now().toString());
            json.writeBooleanField("ready", now.ready());
            json.writeBooleanField("kafkaReachable", now.kafkaReachable());
            json.writeNumberField("feedLag", now.feedLag());
            json.writeNumberField("overloadLevel", now.overloadLevel());
            json.writeObjectFieldStart("sessions");
            for (var transport : Transport.values()) {
                json.writeNumberField(transport.label(), sessions.count(transport));
            }
            json.writeEndObject();
            json.writeNumberField("replaying", sessions.replaying());
            json.writeNumberField("unwrittenBytes", sessions.unwrittenBytes());
            json.writeNumberField("eventsIn", now.eventsIn());
            json.writeNumberField("deliveries", counted.delivered.sum());
            json.writeNumberField("writes", counted.writes.sum());
            json.writeNumberField("bytesOut", counted.bytesWritten.sum());
            json.writeNumberField("logs", channels.logCount());
            json.writeNumberField("logBytes", channels.keptBytes());
            json.writeNumberField("heapBytes", memory.totalMemory() - memory.freeMemory());
            json.writeNumberField("heapMaxBytes", memory.maxMemory());
            json.writeFieldName("drain");
            write(json, drainage.progress());
            json.writeEndObject();
        });
    }

    private void list(ServerRequest request, ServerResponse response) {
        var _ = new Query(request);
        var known = nodes.get();
        Answer.send(request, response, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("nodes");
            for (var seen : known.all()) {
                write(json, seen);
            }
            json.writeEndArray();
            if (known.doubt().isPresent()) {
                json.writeStringField("doubt", known.doubt().get());
            }
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Nodes.Seen seen) throws IOException {
        var told = seen.told();
        json.writeStartObject();
        json.writeStringField("id", seen.run());
        json.writeStringField("node", told.node());
        json.writeBooleanField("self", seen.self());
        json.writeNumberField("toldMsAgo", seen.agoMillis());
        json.writeStringField("version", told.version());
        json.writeBooleanField("ready", told.ready());
        json.writeNumberField("overloadLevel", told.overloadLevel());
        json.writeObjectFieldStart("sessions");
        for (var transport : Transport.values()) {
            json.writeNumberField(transport.label(), told.sessions().getOrDefault(transport, 0));
        }
        json.writeEndObject();
        json.writeNumberField("deliveriesPerSecond", told.deliveriesPerSecond());
        json.writeNumberField("eventsPerSecond", told.eventsPerSecond());
        json.writeNumberField("feedLag", told.feedLag());
        json.writeEndObject();
    }

    private void drain(ServerRequest request, ServerResponse response) {
        var query = new Query(request, "over", "notice");
        var notice = seconds(query, "notice", standard.notice());
        var over = seconds(query, "over", standard.drain());
        send(request, response, Status.ACCEPTED_202, drainage.begin(notice, over));
    }

    private static Duration seconds(Query query, String name, Duration standard) {
        return query.text(name).isEmpty() ? standard : Duration.ofSeconds(query.number(name, 0, 0, SECONDS_MAX));
    }

    private static void answer(ServerRequest request, ServerResponse response, Supplier<Drainage.Progress> progress) {
        var _ = new Query(request);
        send(request, response, Status.OK_200, progress.get());
    }

    private void configuration(ServerRequest request, ServerResponse response) {
        var _ = new Query(request);
        HttpProblems.requestId(request, response);
        response.header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(configuration);
    }

    private static void send(
            ServerRequest request, ServerResponse response, Status status, Drainage.Progress progress) {
        Answer.send(request, response, status, json -> write(json, progress));
    }

    private static void write(JsonGenerator json, Drainage.Progress progress) throws IOException {
        json.writeStartObject();
        json.writeStringField("state", Query.label(progress.state()));
        json.writeNumberField("total", progress.total());
        json.writeNumberField("left", progress.left());
        if (progress.begun().isPresent()) {
            json.writeStringField("begun", progress.begun().get().toString());
        }
        if (progress.ends().isPresent()) {
            json.writeStringField("ends", progress.ends().get().toString());
        }
        json.writeEndObject();
    }
}
