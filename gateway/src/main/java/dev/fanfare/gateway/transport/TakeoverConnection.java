package dev.fanfare.gateway.transport;

import dev.fanfare.gateway.listener.Line;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One connection: HTTP/1.1 until it is taken over, then nothing but its line until that has something to read, and
/// HTTP/1.1 again when the guest leaves. Everything but [#close] is done by the thread that serves it.
final class TakeoverConnection implements ServerConnection {
    private final ServerConnectionSelector http1;
    private final ClientConnection connection;
    private volatile @Nullable ServerConnection http;

    /// The line while nobody serves it.
    private final class Idle implements Line.Parked {
        private final Limit limit;

        Idle(Limit limit) {
            this.limit = limit;
        }

        @Override
        public void serve() {
            goOn(limit);
        }

        @Override
        public boolean take(byte[] bytes) {
            return connection.take(bytes);
        }
    }

    TakeoverConnection(ServerConnectionSelector http1, ClientConnection connection) {
        this.http1 = http1;
        this.connection = connection;
        connection.betweenRequests(() -> http instanceof InterruptableTask<?> task && task.canInterrupt());
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        var serving = http1.connection(connection);
        http = serving;
        connection.isServed(true);
        boolean handedOver = false;
        try {
            serving.handle(limit);
        } catch (CloseConnectionException ended) {
            handedOver = connection.wasHandedOver();
            if (!handedOver) {
                throw ended;
            }
        } finally {
            http = null;
            if (!handedOver) {
                connection.isServed(false);
            }
        }
        if (handedOver) {
            connection.line().park(new Idle(limit));
            if (connection.hasEarlyRequest()) {
                connection.line().wake();
            }
        }
    }

    private void goOn(Limit limit) {
        connection.line().servedBy(this);
        switch (connection.look()) {
            case NOTHING -> connection.line().park(new Idle(limit));
            case EARLY_REQUEST -> connection.line().hold(new Idle(limit));
            case REQUEST -> serveAgain(limit);
            case GONE -> connection.isServed(false);
        }
    }

    private void serveAgain(Limit limit) {
        try {
            handle(limit);
        } catch (CloseConnectionException ended) {
            // the line is closed
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Duration idleTime() {
        return Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
        var serving = http;
        if (serving == null) {
            connection.line().close();
        } else {
            serving.close(interrupt);
        }
    }
}
