package dev.fanfare.gateway.websocket;

import static java.lang.System.Logger.Level.DEBUG;

import dev.fanfare.service.http.ProblemException;
import io.helidon.common.buffers.BufferData;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Turns an HTTP/1.1 request with `Upgrade: websocket` into a WebSocket, or refuses it, or leaves it to HTTP
/// routing. To be registered under all of its [#spellings].
///
/// Threads: any number of connections at once; the application's function is called on their reading threads.
public final class WebSocketUpgrader implements Http1Upgrader {
    private static final System.Logger LOGGER = System.getLogger(WebSocketUpgrader.class.getName());
    private static final String WEBSOCKET = "websocket";
    private static final String REQUEST_ID = "X-Request-Id";
    private static final Pattern REQUEST_ID_SHAPE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private final int messageMax;
    private final boolean deflate;
    private final ProblemRenderer problems;
    private final Function<WebSocketHandshake, WebSocketAnswer> application;
    private final Unfinished unfinished;
    private final WebSocketConnection.CloseTimes closeTimes;

    /// An upgrader for one listener.
    ///
    /// @param messageMax bytes of an inbound message, also after decompression; a larger one closes with 1009
    /// @param deflate whether permessage-deflate is agreed to where a client offers it
    /// @param unfinished counts the messages that have begun
    /// @param problems makes the body of our own refusals
    /// @param application judges each handshake
    public WebSocketUpgrader(
            int messageMax,
            boolean deflate,
            Unfinished unfinished,
            ProblemRenderer problems,
            Function<WebSocketHandshake, WebSocketAnswer> application) {
        this(messageMax, deflate, unfinished, problems, application, WebSocketConnection.CloseTimes.DEFAULT);
    }

    WebSocketUpgrader(
            int messageMax,
            boolean deflate,
            Unfinished unfinished,
            ProblemRenderer problems,
            Function<WebSocketHandshake, WebSocketAnswer> application,
            WebSocketConnection.CloseTimes closeTimes) {
        if (messageMax < 1) {
            throw new IllegalArgumentException("messageMax must be at least 1, but is " + messageMax);
        }
        this.messageMax = messageMax;
        this.deflate = deflate;
        this.unfinished = unfinished;
        this.problems = problems;
        this.application = application;
        this.closeTimes = closeTimes;
    }

    /// This upgrader under each of the 512 ways to write "websocket" in capitals and small letters: RFC 6455
    /// §4.2.1 has the value matched without case, Helidon looks it up as it is.
    public Map<String, Http1Upgrader> spellings() {
        var spellings = new HashMap<String, Http1Upgrader>();
        for (var capitals = 0; capitals < 1 << WEBSOCKET.length(); capitals++) {
            var spelling = new StringBuilder(WEBSOCKET);
            for (var i = 0; i < WEBSOCKET.length(); i++) {
                if ((capitals & 1 << i) != 0) {
                    spelling.setCharAt(i, Character.toUpperCase(WEBSOCKET.charAt(i)));
                }
            }
            spellings.put(spelling.toString(), this);
        }
        return Map.copyOf(spellings);
    }

    @Override
    public String supportedProtocol() {
        return WEBSOCKET;
    }

    @Override
    public @Nullable ServerConnection upgrade(
            ConnectionContext ctx, HttpPrologue prologue, WritableHeaders<?> headers) {
        var handshake = new WebSocketHandshake(
                prologue.uriPath().path(),
                prologue.query().rawValue(),
                headers,
                Handshake.elements(headers, Handshake.PROTOCOL),
                ctx.remotePeer(),
                requestId(headers));
        try {
            return switch (application.apply(handshake)) {
                case WebSocketAnswer.PassOn() -> null;
                case WebSocketAnswer.Accept accept -> {
                    var key = Handshake.check(prologue, headers);
                    yield accepted(ctx, handshake, key, accept);
                }
                case WebSocketAnswer.Refuse refuse ->
                    throw refused(ctx, handshake, refuse.status(), refuse.headers(), refuse.body());
            };
        } catch (ProblemException problem) {
            var described = new LinkedHashMap<>(problem.headers());
            described.put("Content-Type", "application/problem+json");
            var body = problems.json(problem, handshake.requestId());
            throw refused(ctx, handshake, problem.code().status(), described, body);
        }
    }

    private WebSocketConnection accepted(
            ConnectionContext ctx, WebSocketHandshake handshake, String key, WebSocketAnswer.Accept accept) {
        var answer = new LinkedHashMap<String, String>();
        answer.put("Connection", "Upgrade");
        answer.put("Upgrade", WEBSOCKET);
        answer.put("Sec-WebSocket-Accept", Handshake.acceptKey(key));
        var subprotocol = accept.subprotocol();
        if (subprotocol != null) {
            if (!handshake.offeredSubprotocols().contains(subprotocol)) {
                throw new IllegalArgumentException(
                        "the client did not offer the subprotocol " + subprotocol + ": it would have to give up");
            }
            answer.put("Sec-WebSocket-Protocol", subprotocol);
        }
        var compression = deflate
                ? PerMessageDeflate.negotiate(Handshake.lines(handshake.headers(), Handshake.EXTENSIONS))
                        .orElse(null)
                : null;
        if (compression != null) {
            answer.put("Sec-WebSocket-Extensions", compression);
        }
        answer.put(REQUEST_ID, handshake.requestId());
        answer.putAll(accept.headers());
        if (!written(ctx, Handshake.response(101, answer, new byte[0]))) {
            throw new CloseConnectionException("the client left during its WebSocket handshake");
        }
        return new WebSocketConnection(
                ctx, accept.application(), messageMax, compression != null, unfinished, closeTimes);
    }

    /// Writes the answer and makes what ends the connection, silently.
    private static CloseConnectionException refused(
            ConnectionContext ctx, WebSocketHandshake handshake, int status, Map<String, String> headers, String body) {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        var answer = new LinkedHashMap<String, String>();
        answer.put("Connection", headers.containsKey("Upgrade") ? "Upgrade, close" : "close");
        answer.put("Cache-Control", "no-store");
        answer.put("X-Content-Type-Options", "nosniff");
        answer.put("Content-Length", Integer.toString(bytes.length));
        answer.put(REQUEST_ID, handshake.requestId());
        answer.putAll(headers);
        var response = Handshake.response(status, answer, bytes);
        return new CloseConnectionException(
                "WebSocket refused with " + status + (written(ctx, response) ? "" : ", but the client had left"));
    }

    private static boolean written(ConnectionContext ctx, byte[] response) {
        try {
            ctx.dataWriter().writeNow(BufferData.create(response));
            return true;
        } catch (RuntimeException left) {
            LOGGER.log(DEBUG, "a client left during its WebSocket handshake", left);
            return false;
        }
    }

    private static String requestId(WritableHeaders<?> headers) {
        return headers.first(HeaderNames.create(REQUEST_ID))
                .filter(id -> REQUEST_ID_SHAPE.matcher(id).matches())
                .orElseGet(() -> UUID.randomUUID().toString());
    }
}
