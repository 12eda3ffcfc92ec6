package dev.fanfare.webhook.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import okhttp3.Connection;

/// Since when connections are idle. The client looks whether a connection still stands only after ten seconds without
/// use, but common servers (Node.js) close theirs after five: a request would be lost in between, for no fault.
///
/// Threads: any.
final class IdleConnections {
    private static final long SUSPECT_NANOS = Duration.ofSeconds(1).toNanos();

    private final Cache<Connection, Long> releasedAt =
            Caffeine.newBuilder().weakKeys().build();
    private final long suspectNanos;

    IdleConnections() {
        this(SUSPECT_NANOS);
    }

    IdleConnections(long suspectNanos) {
        this.suspectNanos = suspectNanos;
    }

    void released(Connection connection) {
        releasedAt.put(connection, System.nanoTime());
    }

    boolean isSuspect(Connection connection) {
        var at = releasedAt.getIfPresent(connection);
        return at != null && System.nanoTime() - at >= suspectNanos;
    }

    /// Whether the other side has closed the connection, or sent what nobody asked for. Takes a millisecond if not.
    static boolean isClosed(Socket socket) {
        try {
            var timeout = socket.getSoTimeout();
            socket.setSoTimeout(1);
            try {
                var _ = socket.getInputStream().read();
                return true;
            } catch (SocketTimeoutException silent) {
                return false;
            } finally {
                socket.setSoTimeout(timeout);
            }
        } catch (IOException broken) {
            return true;
        }
    }
}
