package dev.fanfare.gateway.e2e;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One connection of a client, over whatever transport.
///
/// Threads: one reads; any may [#cut] or [#close].
public interface Stream extends AutoCloseable {
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
        public final int status;

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
            return open(Target.local(port), query, cursor);
        }

        public Stream open(Target target, String query, @Nullable String cursor) throws IOException {
            return switch (this) {
                case SSE -> SseClient.open(target, query, cursor);
                case POLL -> PollClient.open(target, query, cursor);
                case WS -> WsClient.open(target, query, cursor);
            };
        }
    }
}
