package dev.fanfare.gateway.e2e;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One connection of a client, over whatever transport.
///
/// Threads: one reads; any may [#cut] or [#close].
interface Stream extends AutoCloseable {
    /// The next whole message; null when the server has ended the stream. Waits for 15 s at most.
    ///
    /// @throws IOException if the connection broke
    @Nullable
    Message next() throws IOException;

    /// Resets the connection, whatever is under way.
    void cut();

    @Override
    void close();

    /// The server did not let the client in.
    final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;
        final int status;

        RefusedException(int status, Map<String, String> headers, String body) {
            super(status + " " + headers + " " + body);
            this.status = status;
        }
    }

    /// The ways to connect.
    enum Kind {
        SSE,
        POLL,
        WS;

        /// Connects.
        ///
        /// @param query parameters, percent-encoded, such as `channel=a&channel=b`
        /// @param cursor where to go on from
        Stream open(int port, String query, @Nullable String cursor) throws IOException {
            return open(port, query, cursor, 0);
        }

        /// @param receiveBuffer see [Wire]
        Stream open(int port, String query, @Nullable String cursor, int receiveBuffer) throws IOException {
            return switch (this) {
                case SSE -> SseClient.open(port, query, cursor, receiveBuffer);
                case POLL -> PollClient.open(port, query, cursor, receiveBuffer);
                case WS -> WsClient.open(port, query, cursor, receiveBuffer);
            };
        }
    }
}
