package dev.fanfare.gateway.transport;

import dev.fanfare.gateway.listener.Line;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A connection from its first byte on: waits for what tells its protocol, ALPN (RFC 7301) if there is TLS, else the
/// first bytes, HTTP/2 with prior knowledge (RFC 9113 §3.4) or HTTP/1.1, and is that from then on. Everything but
/// [#handle] may be called by any thread.
public final class Arrival implements ServerConnection, Patience.Awaited {
    private static final Duration HTTP2_IDLE_MAX = Duration.ofMinutes(5);
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ConnectionContext context;
    private final ServerConnectionSelector http1;
    private final Http2Watch http2;
    private final Patience patience;
    private final Deadline deadline;
    private volatile @Nullable ServerConnection known;

    public Arrival(ConnectionContext context, ServerConnectionSelector http1, Http2Watch http2, Patience patience) {
        this.context = context;
        this.http1 = http1;
        this.http2 = http2;
        this.patience = patience;
        this.deadline = patience.deadline();
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        patience.watch(this);
        boolean identified = false;
        try {
            var connection = identify();
            known = connection;
            identified = connection instanceof TakeoverConnection;
            connection.handle(limit);
        } finally {
            if (!identified) {
                patience.forget(this); // the other kind sees to that, as it goes on when this has returned
            }
        }
    }

    private ServerConnection identify() {
        var reader = context.dataReader();
        deadline.expectFirst();
        try {
            reader.ensureAvailable();
            deadline.met(reader.available());
            var agreed = ((Line) context.serverSocket()).applicationProtocol();
            if (agreed.isPresent()) {
                return agreed.get().equals("h2") ? http2.connection(context, deadline) : http1();
            }
            while (true) {
                var first = new byte[Math.min(reader.available(), PREFACE.length)];
                reader.getBuffer(first.length).read(first);
                if (!Arrays.equals(first, 0, first.length, PREFACE, 0, first.length)) {
                    return http1();
                }
                if (first.length == PREFACE.length) {
                    return http2.connection(context, deadline);
                }
                int before = reader.available();
                deadline.expectRest();
                reader.pullData();
                deadline.met(reader.available() - before);
            }
        } catch (DataReader.InsufficientDataAvailableException gone) {
            throw new Departure();
        }
    }

    private ServerConnection http1() {
        return new TakeoverConnection(http1, new ClientConnection(context, deadline, patience, this));
    }

    @Override
    public Duration idleTime() {
        var connection = known;
        return connection == null ? Duration.ZERO : connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
        var connection = known;
        if (connection == null) {
            cut();
        } else {
            connection.close(interrupt);
        }
    }

    @Override
    public boolean isOverdue(long nowNanos) {
        return deadline.isPassed(nowNanos) || idleTime().compareTo(HTTP2_IDLE_MAX) > 0;
    }

    @Override
    public void cut() {
        context.serverSocket().close();
    }
}
