package dev.fanfare.webhook.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Connection;

/// Since when connections are idle. The client looks whether a connection still stands only after ten seconds without
/// use, but common servers (Node.js) close theirs after five: a request would be lost in between, for no fault.
///
/// Threads: any.
final class IdleConnections {
    private static final long SUSPECT_NANOS = Duration.ofSeconds(1).toNanos();

    // by their sockets: connections are locked, and what is locked has a slow identity hash code
    private final Cache<Socket, AtomicLong> releasedAt =
            Caffeine.newBuilder().weakKeys().build();
    private final long suspectNanos;

    IdleConnections() {
        this(SUSPECT_NANOS);
    }

    IdleConnections(long suspectNanos) {
        this.suspectNanos = suspectNanos;
    }

    void released(Connection connection) {
        long now = System.nanoTime();
        var at = releasedAt.getIfPresent(connection.socket());
        if (at == null) {
            releasedAt.put(connection.socket(), new AtomicLong(now));
        } else {
            at.set(now); // a put would wake a thread of the cache, for each call
        }
    }

    boolean isSuspect(Connection connection) {
        var at = releasedAt.getIfPresent(connection.socket());
        return at != null && System.nanoTime() - at.get() >= suspectNanos;
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
