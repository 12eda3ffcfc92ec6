package dev.fanfare.gateway.websocket;

import io.helidon.common.socket.PeerInfo;
import io.helidon.http.Headers;
import java.util.List;

/// A request to open a WebSocket, as the application judges it.
///
/// @param path decoded, without the query
/// @param rawQuery as the client sent it, without the `?`; empty when there is none
/// @param offeredSubprotocols in the client's order of preference
/// @param remote the TCP peer, which may be a proxy
/// @param requestId the client's `X-Request-Id` or a new one; the answer carries it
public record WebSocketHandshake(
        String path,
        String rawQuery,
        Headers headers,
        List<String> offeredSubprotocols,
        PeerInfo remote,
        String requestId) {}
