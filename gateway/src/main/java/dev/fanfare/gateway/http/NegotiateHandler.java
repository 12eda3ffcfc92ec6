package dev.fanfare.gateway.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.Nearest;
import dev.fanfare.service.EditDistance;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `POST /v1/negotiate`: what the client can do, in; the transport that serves it best, its address and the
/// fallbacks, in order, out. Never offers what is switched off.
public final class NegotiateHandler implements Handler {
    private static final int BODY_MAX = 65_536;
    private static final List<String> PREFERENCE = List.of("ws", "sse", "poll");
    private static final Set<String> FORMATS = Set.of("data", "json", "cloudevents");
    private static final Set<String> MEMBERS =
            Set.of("transports", "compression", "maxMessageBytes", "heartbeatMs", "channels", "format");
    private static final JsonFactory JSON = new JsonFactory();

    private final GatewaySettings settings;
    private final Gate gate;

    public NegotiateHandler(GatewaySettings settings, Gate gate) {
        this.gate = gate;
        this.settings = settings;
    }

    /// What a client can do; whatever it leaves out, it can.
    private static final class Capabilities {
        private Set<String> transports = Set.copyOf(PREFERENCE);
        private Optional<List<String>> compression = Optional.empty();
        private long maxMessageBytes = Long.MAX_VALUE;
        private Optional<Duration> heartbeat = Optional.empty();
        private List<String> channels = List.of();
        private Optional<String> format = Optional.empty();
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException {
        QueryParameters.of(request.query()).keySet().stream().findFirst().ifPresent(name -> {
            throw new ProblemException(
                    ErrorCode.UNKNOWN_PARAMETER,
                    "parameter '%s' is not known: what a client can do belongs into the body"
                            .formatted(EditDistance.cut(name)));
        });
        var caller = gate.admit(request.headers(), Map.of());
        var able = read(body(request, response));
        caller.checkSubscribe(able.channels.stream().map(ChannelPattern::parse).toList());
        var offered = PREFERENCE.stream()
                .filter(able.transports::contains)
                .filter(this::isOn)
                .filter(transport -> !transport.equals("ws") || fits(able))
                .toList();
        if (offered.isEmpty()) {
            throw new ProblemException(
                    ErrorCode.TRANSPORT_OFF,
                    "none of the transports %s is offered here%s: add one of %s"
                            .formatted(
                                    able.transports,
                                    fits(able)
                                            ? ""
                                            : ", a WebSocket only to clients that take %d bytes a message"
                                                    .formatted(
                                                            settings.session().eventMax()),
                                    PREFERENCE.stream().filter(this::isOn).toList()));
        }
        response.header(HeaderNames.CONTENT_TYPE, "application/json")
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .send(answer(able, offered));
    }

    private boolean isOn(String transport) {
        var on = settings.transports();
        return switch (transport) {
            case "ws" -> on.websocket();
            case "sse" -> on.sse();
            default -> on.poll();
        };
    }

    /// A WebSocket message carries a whole event; SSE and long-poll have no messages that could be too large.
    private boolean fits(Capabilities able) {
        return able.maxMessageBytes >= settings.session().eventMax();
    }

    private static byte[] body(ServerRequest request, ServerResponse response) throws IOException {
        var body = RequestBody.read(request, response, BODY_MAX);
        if (body == null) {
            throw new ProblemException(
                    ErrorCode.TOO_LARGE, "the body has more than %d bytes: send less".formatted(BODY_MAX));
        }
        return body;
    }

    private static Capabilities read(byte[] body) throws IOException {
        var able = new Capabilities();
        if (body.length == 0) {
            return able;
        }
        try (var json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw invalid("the body is no JSON object: send {\"transports\":[\"sse\"]} or the like");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                member(able, json.currentName(), json);
            }
            if (json.nextToken() != null) {
                throw invalid("the body goes on after its JSON object: send one object");
            }
            return able;
        } catch (JacksonException notJson) {
            throw invalid("the body is not JSON: "
                    + String.valueOf(notJson.getOriginalMessage()).replaceAll(" \\(start marker at .*", ""));
        }
    }

    private static void member(Capabilities able, String name, JsonParser json) throws IOException {
        json.nextToken();
        switch (name) {
            case "transports" -> {
                able.transports = Set.copyOf(strings(name, json));
                for (var transport : able.transports) {
                    if (!PREFERENCE.contains(transport)) {
                        throw invalid("'transports' has '%s': use %s".formatted(transport, PREFERENCE));
                    }
                }
            }
            case "compression" -> able.compression = Optional.of(strings(name, json));
            case "maxMessageBytes" -> able.maxMessageBytes = number(name, json);
            case "heartbeatMs" -> able.heartbeat = Optional.of(Duration.ofMillis(number(name, json)));
            case "channels" -> {
                able.channels = strings(name, json);
                able.channels.forEach(NegotiateHandler::check);
            }
            case "format" -> {
                able.format = Optional.of(json.getText());
                if (!FORMATS.contains(json.getText())) {
                    throw invalid("'format' is '%s': use data, json or cloudevents".formatted(json.getText()));
                }
            }
            default -> throw Nearest.unknownParameter(name, MEMBERS);
        }
    }

    private static void check(String channel) {
        try {
            ChannelPattern.parse(channel);
        } catch (IllegalArgumentException bad) {
            throw new ProblemException(ErrorCode.INVALID_CHANNEL, String.valueOf(bad.getMessage()));
        }
    }

    private static long number(String name, JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 1) {
            throw invalid("'%s' is %s: use a whole number above 0".formatted(name, json.getText()));
        }
        return json.getLongValue();
    }

    private static List<String> strings(String name, JsonParser json) throws IOException {
        var strings = new ArrayList<String>();
        if (json.currentToken() == JsonToken.START_ARRAY) {
            while (json.nextToken() == JsonToken.VALUE_STRING) {
                strings.add(json.getText());
            }
        }
        if (json.currentToken() != JsonToken.END_ARRAY) {
            throw invalid("'%s' is no array of strings".formatted(name));
        }
        return strings;
    }

    private static ProblemException invalid(String detail) {
        return new ProblemException(ErrorCode.INVALID_PARAMETER, detail);
    }

    private byte[] answer(Capabilities able, List<String> offered) throws IOException {
        var bytes = new ByteArrayOutputStream(512);
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            transport(json, able, offered.getFirst());
            json.writeArrayFieldStart("fallbacks");
            for (var fallback : offered.subList(1, offered.size())) {
                json.writeStartObject();
                transport(json, able, fallback);
                json.writeEndObject();
            }
            json.writeEndArray();
            policies(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private void policies(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("policies");
        for (var policy : settings.session().policies().allowed()) {
            json.writeString(policy.label());
        }
        json.writeEndArray();
    }

    private void transport(JsonGenerator json, Capabilities able, String transport) throws IOException {
        var heartbeat = settings.session().granted(able.heartbeat);
        var url = new StringBuilder("/v1/events?transport=" + transport);
        able.channels.forEach(
                channel -> url.append("&channel=").append(URLEncoder.encode(channel, StandardCharsets.UTF_8)));
        able.format.ifPresent(format -> url.append("&format=").append(format));
        if (able.heartbeat.isPresent() && !transport.equals("poll")) {
            url.append("&heartbeat=").append(heartbeat.toMillis()).append("ms");
        }
        json.writeStringField("transport", transport);
        json.writeStringField("url", url.toString());
        switch (transport) {
            case "ws" -> {
                json.writeStringField("subprotocol", "fanfare.v1.json");
                json.writeNumberField("heartbeatMs", heartbeat.toMillis());
                json.writeNumberField("maxMessageBytes", settings.websocket().messageMax());
                boolean deflate = settings.websocket().deflate()
                        && able.compression
                                .map(names -> names.contains("permessage-deflate"))
                                .orElse(true);
                if (deflate) {
                    json.writeStringField("compression", "permessage-deflate");
                }
            }
            case "sse" -> json.writeNumberField("heartbeatMs", heartbeat.toMillis());
            default -> json.writeNumberField("waitMs", settings.poll().hold().toMillis());
        }
    }
}
