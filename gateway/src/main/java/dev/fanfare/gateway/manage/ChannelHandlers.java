package dev.fanfare.gateway.manage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.fanfare.gateway.channel.FeedEvent;
import dev.fanfare.gateway.channel.Survey;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.Optional;

/// `GET /v1/channels`, `GET /v1/channels/{name}`: where most is going on, who subscribes, and what is kept.
final class ChannelHandlers {
    private static final int TOP = 20;
    private static final int TOP_MAX = 1000;

    private final Survey survey;

    ChannelHandlers(Survey survey) {
        this.survey = survey;
    }

    void register(HttpRouting.Builder routing) {
        routing.get("/v1/channels", this::top);
        routing.get("/v1/channels/{name}", this::one);
    }

    private void top(ServerRequest request, ServerResponse response) {
        var query = new Query(request, "sort", "limit");
        var order = query.choice("sort", Survey.Order.class).orElse(Survey.Order.SUBSCRIBERS);
        var top = survey.top(order, query.number("limit", TOP, 1, TOP_MAX), System.nanoTime());
        Answer.send(request, response, json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("channels");
            for (var line : top) {
                json.writeStartObject();
                write(json, line);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private void one(ServerRequest request, ServerResponse response) {
        var _ = new Query(request);
        var name = request.path().pathParameters().get("name");
        var detail = survey.of(Query.pattern(name), System.nanoTime())
                .orElseThrow(() -> new ProblemException(
                        ErrorCode.NOT_FOUND,
                        "nobody subscribes to exactly that here, and none of its events is kept on this node"));
        Answer.send(request, response, json -> {
            json.writeStartObject();
            write(json, detail.line());
            json.writeArrayFieldStart("patterns");
            for (var pattern : detail.patterns()) {
                json.writeStartObject();
                json.writeStringField("pattern", pattern.channel());
                json.writeNumberField("subscribers", pattern.subscribers());
                json.writeEndObject();
            }
            json.writeEndArray();
            write(json, "oldest", detail.oldest());
            write(json, "newest", detail.newest());
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Survey.Line line) throws IOException {
        json.writeStringField("channel", line.channel());
        json.writeNumberField("subscribers", line.subscribers());
        json.writeNumberField("events", line.events());
        json.writeNumberField("eventsPerSecond", Math.round(line.perSecond() * 100) / 100.0);
    }

    private static void write(JsonGenerator json, String name, Optional<FeedEvent> kept) throws IOException {
        if (kept.isPresent()) {
            var event = kept.get().event();
            json.writeObjectFieldStart(name);
            json.writeStringField("id", event.id());
            json.writeStringField("topic", event.topic());
            json.writeNumberField("partition", event.partition());
            json.writeNumberField("offset", event.offset());
            json.writeStringField("time", event.time().toString());
            json.writeEndObject();
        }
    }
}
