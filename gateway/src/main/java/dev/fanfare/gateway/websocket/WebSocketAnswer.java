package dev.fanfare.gateway.websocket;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the application makes of a [WebSocketHandshake]. To judge must have no lasting effect: an [Accept] may
/// still come to nothing (a bad key, a client that has gone); whatever must be released belongs between
/// [WebSocketApplication#opened] and [WebSocketApplication#closed].
public sealed interface WebSocketAnswer {

    /// Opens the WebSocket.
    ///
    /// @param subprotocol one of the offered ones, or none
    /// @param headers added to the 101
    record Accept(@Nullable String subprotocol, Map<String, String> headers, WebSocketApplication application)
            implements WebSocketAnswer {}

    /// Answers the request with an ordinary HTTP response and closes the connection. A
    /// [dev.fanfare.gateway.protocol.ProblemException] thrown while judging does the same with a problem document.
    record Refuse(int status, Map<String, String> headers, String body) implements WebSocketAnswer {}

    /// Not ours: ordinary HTTP routing goes on.
    record PassOn() implements WebSocketAnswer {}
}
