package dev.fanfare.gateway.http;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.JsonBytes;
import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.cluster.Presence;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.Nearest;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `GET /v1/presence`: who is on channels, for who may subscribe to them.
public final class PresenceHandler implements Handler {
    private static final Set<String> PARAMETERS = Set.of("channel");

    private final Gate gate;
    private final Presence presence;
    private final int channelsMax;

    public PresenceHandler(Gate gate, Presence presence, int channelsMax) {
        this.gate = gate;
        this.presence = presence;
        this.channelsMax = channelsMax;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        var query = QueryParameters.of(request.query());
        for (var name : query.keySet()) {
            if (!PARAMETERS.contains(name)) {
                throw Nearest.unknownParameter(name, PARAMETERS);
            }
        }
        var channels = query.getOrDefault("channel", List.of()).stream()
                .map(PresenceHandler::channel)
                .distinct()
                .toList();
        if (channels.isEmpty()) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter 'channel' is missing: name at least one, as in ?channel=orders.42");
        }
        if (channels.size() > channelsMax) {
            throw new ProblemException(
                    ErrorCode.TOO_MANY_CHANNELS,
                    "%d channels are asked for, %d is the most at a time".formatted(channels.size(), channelsMax));
        }
        gate.admit(request.headers(), Map.of()).checkSubscribe(channels);
        for (var channel : channels) {
            if (!presence.isCounted(channel)) {
                throw new ProblemException(
                        ErrorCode.INVALID_CHANNEL,
                        "nobody is counted on '%s': the operator has named other channels".formatted(channel.text()));
            }
        }
        if (!presence.isReady()) {
            throw new ProblemException(
                    ErrorCode.NOT_READY,
                    "this node has not heard the others yet: come back in a moment",
                    Map.of("Retry-After", "1"));
        }
        HttpProblems.requestId(request, response);
        response.header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(json(channels));
    }

    private static ChannelPattern channel(String text) {
        try {
            return ChannelPattern.parse(text);
        } catch (IllegalArgumentException bad) {
            throw new ProblemException(ErrorCode.INVALID_CHANNEL, String.valueOf(bad.getMessage()));
        }
    }

    private byte[] json(List<ChannelPattern> channels) {
        var out = new JsonBytes(256).raw("{\"channels\":[");
        var comma = "";
        for (var channel : channels) {
            var here = presence.on(channel);
            out.raw(comma).raw("{\"channel\":").string(channel.text());
            out.raw(",\"count\":" + here.count() + ",\"complete\":" + here.complete() + ",\"members\":[");
            var next = "";
            for (var one : here.members().entrySet()) {
                var member = Notice.Member.of(one.getKey());
                out.raw(next).raw("{\"issuer\":").string(member.issuer()).member("sub", member.subject());
                out.raw(",\"sessions\":" + one.getValue() + "}");
                next = ",";
            }
            out.raw("]}");
            comma = ",";
        }
        return out.raw("]}").done();
    }
}
