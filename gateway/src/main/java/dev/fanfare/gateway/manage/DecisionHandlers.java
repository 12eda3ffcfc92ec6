package dev.fanfare.gateway.manage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.fanfare.events.ChannelName;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.session.Recorder;
import dev.fanfare.gateway.session.Recorder.Decision;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.service.http.ProblemException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/// `/v1/decisions` and `/v1/sessions/{id}/recording`: why a client did not get an event, or that it did.
final class DecisionHandlers {
    private static final int SHOWN = 200;
    private static final int SHOWN_MAX = 5000;
    private static final int ONE_IN_MAX = 1_000_000;

    private final Recorder recorder;
    private final SessionHandlers sessions;

    DecisionHandlers(Recorder recorder, SessionHandlers sessions) {
        this.recorder = recorder;
        this.sessions = sessions;
    }

    void register(HttpRouting.Builder routing) {
        routing.get("/v1/decisions", this::find);
        routing.put("/v1/decisions", this::sample);
        routing.get(
                "/v1/sessions/{id}/recording", (request, response) -> recording(request, response, session(request)));
        routing.put("/v1/sessions/{id}/recording", (request, response) -> watch(request, response, true));
        routing.delete("/v1/sessions/{id}/recording", (request, response) -> watch(request, response, false));
    }

    private void find(ServerRequest request, ServerResponse response) {
        var query = new Query(request, "session", "event", "limit");
        var session = query.text("session");
        var event = query.text("event");
        int limit = query.number("limit", SHOWN, 1, SHOWN_MAX);
        var all = recorder.find(session.orElse(null), event.orElse(null));
        var shown = all.subList(Math.max(0, all.size() - limit), all.size());
        var verdict = session.isPresent() && event.isPresent() ? verdict(session.get(), shown) : "";
        Answer.send(request, response, json -> {
            json.writeStartObject();
            json.writeNumberField("oneIn", recorder.oneIn());
            json.writeArrayFieldStart("decisions");
            for (var one : shown) {
                write(json, one);
            }
            json.writeEndArray();
            if (!verdict.isEmpty()) {
                json.writeStringField("verdict", verdict);
            }
            json.writeEndObject();
        });
    }

    /// What the steps of one event in one session come to. Events that no subscription matches are never looked at by a
    /// session, so that there is nothing to be recorded: that is found out now.
    private String verdict(String id, List<Decision> steps) {
        var own = steps.stream().filter(step -> step.session().equals(id)).toList();
        if (!own.isEmpty()) {
            return switch (own.getLast().what()) {
                case WRITTEN -> "written: the client's side of the connection has it, or will";
                case QUEUED, MATCHED -> "not written yet: the client does not read, or its session ended first";
                case CONFLATED, DROPPED -> "left out by the subscription's policy";
                case TOO_LARGE -> "left out, as it is larger than session.event-max; a gap was told";
                case PAST -> "left out, as the client had it before it came with its cursor";
                case FILTERED, CAME -> "left out, as the subscription had ended";
            };
        }
        var session = sessions.ifHere(id);
        if (steps.isEmpty()) {
            return "not recorded: it has not come to this node, or it came while nothing was recorded, or it is not one of "
                    + "those that are, or too much has come since";
        }
        if (session.isEmpty()) {
            return "this node has no such session now, and nothing was recorded of it";
        }
        return filtered(session.get(), steps.getFirst());
    }

    private static String filtered(Session session, Decision came) {
        var channels = List.of(came.detail().replaceAll("on \\[|]", "").split(", ")).stream()
                .map(ChannelName::of)
                .toList();
        var subscriptions = session.subscriptions();
        boolean matches =
                subscriptions.stream().anyMatch(pattern -> channels.stream().anyMatch(pattern::matches));
        return matches
                ? "not looked at by the session yet, or it subscribed after the event came"
                : "filtered: none of the session's subscriptions matches %s: they are %s"
                        .formatted(
                                channels.stream().map(ChannelName::value).collect(Collectors.joining(", ")),
                                subscriptions.stream()
                                        .map(pattern -> pattern.text())
                                        .collect(Collectors.joining(", ")));
    }

    private void sample(ServerRequest request, ServerResponse response) {
        var query = new Query(request, "one-in");
        if (query.text("one-in").isEmpty()) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER,
                    "'one-in' is missing: send 0 to record no events, 1 for each, N for one in N");
        }
        recorder.sample(query.number("one-in", 0, 0, ONE_IN_MAX));
        Answer.send(request, response, json -> {
            json.writeStartObject();
            json.writeNumberField("oneIn", recorder.oneIn());
            json.writeEndObject();
        });
    }

    private Session session(ServerRequest request) {
        var _ = new Query(request);
        return sessions.find(request.path().pathParameters().get("id"));
    }

    private void watch(ServerRequest request, ServerResponse response, boolean on) {
        var session = session(request);
        if (!recorder.watch(session, on)) {
            throw new ProblemException(
                    ErrorCode.TOO_MANY_REQUESTS, "too many sessions are recorded: end the recording of others first");
        }
        recording(request, response, session);
    }

    private void recording(ServerRequest request, ServerResponse response, Session session) {
        Answer.send(request, response, json -> {
            json.writeStartObject();
            json.writeBooleanField("recording", recorder.isWatched(session));
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, Decision one) throws IOException {
        json.writeStartObject();
        json.writeStringField("at", Instant.ofEpochMilli(one.millis()).toString());
        if (!one.session().isEmpty()) {
            json.writeStringField("session", one.session());
        }
        json.writeStringField("event", one.event());
        json.writeStringField("topic", one.topic());
        json.writeNumberField("partition", one.partition());
        json.writeNumberField("offset", one.offset());
        json.writeStringField("what", Query.label(one.what()));
        json.writeStringField("detail", one.detail());
        json.writeEndObject();
    }
}
