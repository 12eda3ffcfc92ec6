package dev.fanfare.gateway.transport;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;

/// One connection: HTTP/1.1 until it is taken over, then a read that waits for its end, and HTTP/1.1 again if the
/// guest
/// gives it back. Everything but [#idleTime] and [#close] is done by the connection's own virtual thread.
final class TakeoverConnection implements ServerConnection, InterruptableTask<Void> {
    private final ServerConnectionSelector http1;
    private final ClientConnection connection;
    private volatile ServerConnection http;

    TakeoverConnection(ServerConnectionSelector http1, ClientConnection connection) {
        this.http1 = http1;
        this.connection = connection;
        this.http = http1.connection(connection);
        connection.betweenRequests(() -> http instanceof InterruptableTask<?> task && task.canInterrupt());
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        while (true) {
            try {
                http.handle(limit);
                return;
            } catch (CloseConnectionException ended) {
                if (!connection.serveGuest()) {
                    throw ended;
                }
            }
            http = http1.connection(connection);
        }
    }

    @Override
    public boolean canInterrupt() {
        return !connection.isTaken() && http instanceof InterruptableTask<?> task && task.canInterrupt();
    }

    /// A taken connection is looked after by its session, as long as that lasts.
    @Override
    public Duration idleTime() {
        return connection.isTaken() ? connection.guestIdleTime() : http.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
        if (connection.isTaken()) {
            if (interrupt || connection.guestIdleTime().isPositive()) {
                connection.abort();
            }
        } else {
            http.close(interrupt);
        }
    }
}
