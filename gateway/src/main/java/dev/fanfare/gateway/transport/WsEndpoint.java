package dev.fanfare.gateway.transport;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.access.Origins;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.http.QueryParameters;
import dev.fanfare.gateway.protocol.ClientMessage;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.CloudEventForm;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.EventForm;
import dev.fanfare.gateway.protocol.Format;
import dev.fanfare.gateway.protocol.MessageForm;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.publish.PublishRequest;
import dev.fanfare.gateway.publish.PublishRequests;
import dev.fanfare.gateway.publish.Publisher;
import dev.fanfare.gateway.session.KnownKeys;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.SessionOptions;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.gateway.session.Start;
import dev.fanfare.gateway.session.StartPoint;
import dev.fanfare.gateway.session.Transport;
import dev.fanfare.gateway.websocket.WebSocketAnswer;
import dev.fanfare.gateway.websocket.WebSocketHandshake;
import dev.fanfare.service.http.ProblemException;
import io.helidon.common.uri.UriQuery;
import io.helidon.http.HeaderNames;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// `GET /v1/events` with `Upgrade: websocket`: judges handshakes and opens sessions. Thread-safe.
public final class WsEndpoint {
    private static final String PATH = "/v1/events";
    private static final Pattern CURSOR = Pattern.compile("[A-Za-z0-9_-]+"); // none that would need escapes
    private static final int TRY_AGAIN_LATER = 1013; // IANA's registry of close codes

    private final GatewaySettings settings;
    private final Origins origins;
    private final Entrance entrance;
    private final Sessions sessions;
    private final Admission admission;
    private final Optional<Publisher> publisher;
    private final PublishRequests publishRequests;
    private final Map<Format, Function<Boolean, EventForm>> jsonForms = new EnumMap<>(Format.class);
    private final Function<Boolean, EventForm> cloudEventForms;

    public WsEndpoint(
            GatewaySettings settings,
            Origins origins,
            Entrance entrance,
            Sessions sessions,
            Admission admission,
            Optional<Publisher> publisher) {
        this.settings = settings;
        this.origins = origins;
        this.entrance = entrance;
        this.sessions = sessions;
        this.admission = admission;
        this.publisher = publisher;
        this.publishRequests = new PublishRequests(settings.publish());
        for (var format : Format.values()) {
            jsonForms.put(format, forms(MessageForm.of(format)));
        }
        this.cloudEventForms = forms(CloudEventForm.INSTANCE);
    }

    private Function<Boolean, EventForm> forms(EventForm messages) {
        var plain = new FramedForm(messages, false, 0);
        var deflated = new FramedForm(messages, true, settings.websocket().deflateMin());
        return deflate -> deflate ? deflated : plain;
    }

    private Function<Boolean, EventForm> forms(StreamRequest asked, Optional<String> subprotocol) {
        return subprotocol.equals(Optional.of(CloudEventForm.SUBPROTOCOL))
                ? cloudEventForms
                : jsonForms.getOrDefault(asked.format(), cloudEventForms);
    }

    private WsDismissal dismissal(StreamRequest asked, Optional<String> subprotocol) {
        var after = Duration.ofMillis(admission.retryMillis());
        var cursor = asked.start() instanceof StartPoint.AtCursor(var token, var _)
                        && CURSOR.matcher(token).matches()
                ? token
                : "";
        return new WsDismissal(forms(asked, subprotocol), ErrorCode.OVERLOADED.code(), TRY_AGAIN_LATER, after, cursor);
    }

    /// Opens a WebSocket on our path, refuses it with a [ProblemException], or leaves it to others.
    public WebSocketAnswer judge(WebSocketHandshake handshake) {
        if (!handshake.path().equals(PATH)) {
            return new WebSocketAnswer.PassOn();
        }
        var query = QueryParameters.of(UriQuery.create(handshake.rawQuery()));
        var asked = StreamRequest.parse(
                query, handshake.headers().first(HeaderNames.create("Last-Event-ID")), settings.session());
        if (asked.transport().isPresent() && asked.transport().get() != Transport.WS) {
            return new WebSocketAnswer.PassOn();
        }
        if (!settings.transports().websocket()) {
            throw new ProblemException(
                    ErrorCode.TRANSPORT_OFF,
                    "transport 'ws' is switched off here: POST /v1/negotiate tells what is offered");
        }
        origins.checkSocket(handshake.headers());
        var subprotocol = subprotocol(handshake.offeredSubprotocols());
        var refusal = admission.refusal();
        if (refusal.isPresent() && refusal.get().code() == ErrorCode.OVERLOADED) {
            return new WebSocketAnswer.Accept(subprotocol.orElse(null), Map.of(), dismissal(asked, subprotocol));
        } else if (refusal.isPresent()) {
            throw refusal.get();
        }
        var pass = entrance.admit(handshake.remote(), handshake.headers(), query, asked);
        try {
            var start = entrance.start(asked, pass);
            var limits = settings.session();
            var options = SessionOptions.of(
                            Transport.WS, limits.granted(asked.heartbeat()), Duration.ZERO, limits, settings.replay())
                    .under(pass)
                    .with(asked.terms());
            var wire = new WsWire(
                    forms(asked, subprotocol),
                    w -> open(w, options, asked, start, pass),
                    message -> publish(message, pass),
                    reading(pass),
                    pass,
                    entrance.limits().messages(),
                    admission::retryMillis,
                    limits);
            return new WebSocketAnswer.Accept(subprotocol.orElse(null), Map.of(), wire);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new ProblemException(ErrorCode.SHUTTING_DOWN, "this node stops");
        }
    }

    /// The place is taken here, as a handshake may come to nothing. If others have come first, the client is told so in
    /// the WebSocket.
    private Session open(WsWire wire, SessionOptions options, StreamRequest asked, Start start, Pass pass) {
        var full = pass.stay().enter();
        var session = sessions.open(wire, options, asked.patterns(), start, true);
        entrance.opened(asked, session);
        if (full.isPresent()) {
            session.end(CloseReason.NO_PLACE);
        }
        return session;
    }

    private WsWire.Reading reading(Pass pass) {
        return new WsWire.Reading() {
            @Override
            public void want(List<ChannelPattern> patterns) throws InterruptedException {
                entrance.want(patterns);
            }

            @Override
            public KnownKeys keys(List<ChannelPattern> patterns) throws InterruptedException {
                return entrance.keys(patterns, pass);
            }
        };
    }

    /// The first that we speak; none if none is offered, or none that we know, as RFC 6455 §4.2.2 has it.
    private static Optional<String> subprotocol(List<String> offered) {
        return offered.stream()
                .filter(name -> name.equals(MessageForm.SUBPROTOCOL) || name.equals(CloudEventForm.SUBPROTOCOL))
                .findFirst();
    }

    private Notice.Published publish(ClientMessage.Publish message, Pass pass) {
        var writer = publisher.orElseThrow(Publisher::off);
        var limits = entrance.limits();
        limits.publish(pass.stay().party());
        limits.published(pass.stay().party(), message.body().length);
        var query = new HashMap<String, List<String>>();
        var channel = message.channel();
        if (channel != null) {
            query.put("channel", List.of(channel));
        }
        var type = message.cloudEvent() ? "application/cloudevents+json" : "application/json";
        var request = new PublishRequest(query, Map.of("content-type", List.of(type)), message.body());
        var outgoing = publishRequests.read(request);
        outgoing.forEach(event -> pass.caller().checkPublish(String.valueOf(event.key())));
        var receipts = writer.publish(outgoing, message.idempotencyKey());
        return new Notice.Published(
                message.id(),
                receipts.stream()
                        .map(r -> new Notice.Receipt(r.id(), r.topic(), r.partition(), r.offset()))
                        .toList());
    }
}
