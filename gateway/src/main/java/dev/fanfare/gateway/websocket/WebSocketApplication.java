package dev.fanfare.gateway.websocket;

/// One client's WebSocket, as the application sees it.
///
/// Threads: called on the connection's reading thread only, one call at a time; a call that blocks stops the
/// reading. An exception closes the WebSocket with 1011.
public interface WebSocketApplication {

    /// The first call: the 101 has been written, the writer may begin.
    void opened(WebSocketPeer peer);

    void text(String message);

    void binary(byte[] message);

    void pong(byte[] payload);

    /// A frame that the protocol owes the peer: a pong, or the Close. To be put in the writer's queue, not written
    /// here. Nothing may be written after the last one; once it has been, the writer calls
    /// [WebSocketPeer#lastWritten]. Of pongs that wait together all but the newest may be dropped (RFC 6455
    /// §5.5.3).
    ///
    /// @param wholeFrame header and payload, ready for the socket
    /// @param last a Close frame
    void outbound(byte[] wholeFrame, boolean last);

    /// The last call, exactly once after [#opened]: nothing more will be read and the TCP side is closed, or about
    /// to be.
    ///
    /// @param code the peer's close code, 1005 if its Close had none; the code that we closed with for a fault
    ///     in what it sent (1002, 1007, 1009) or in the application (1011); 1006 if the connection ended without a
    ///     Close
    void closed(int code, String reason);
}
