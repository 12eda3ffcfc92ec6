package dev.fanfare.gateway.websocket;

import dev.fanfare.gateway.listener.Line;
import io.helidon.common.socket.PeerInfo;
import java.util.Optional;

/// The other side of an open WebSocket, for the connection's one writer. Safe to call from any thread.
public interface WebSocketPeer {

    /// Whether the peer takes messages from [Frames#deflatedText] and [Frames#deflatedBinary].
    boolean deflated();

    PeerInfo remote();

    /// Where the one writer writes its whole frames. It has no lock: two writers corrupt the stream.
    Line line();

    /// Starts the closing handshake from our side; the peer has a bounded time to answer. Each side sends one
    /// Close only: no frame comes back when one is already under way, because the peer closed first or broke the
    /// protocol.
    ///
    /// @param code see [Frames#close]
    /// @param reason cut to 123 bytes of UTF-8
    /// @return the frame to write, as the last one
    Optional<byte[]> beginClose(int code, String reason);

    /// To be called by the writer once the Close frame has been written, be it from [#beginClose] or from
    /// [WebSocketApplication#outbound]. Closes the TCP side as soon as the closing handshake allows; never blocks.
    void lastWritten();

    /// Closes the TCP side at once, for a peer that takes no more bytes. Does nothing the second time.
    void close();
}
