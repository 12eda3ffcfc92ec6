package dev.fanfare.gateway.transport;

import io.helidon.common.GenericType;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http.spi.Sink;

/// Takes an HTTP/1.1 connection out of Helidon's hands, in a handler: what is left of the exchange is written by
/// whoever took it. The handler returns at once; filters end, and the request's objects and its permit are freed.
final class Takeover implements Sink<byte[]> {
    static final GenericType<Takeover> TYPE = GenericType.create(Takeover.class);

    private final ClientConnection connection;
    private final Runnable answered;

    Takeover(ClientConnection connection, Runnable answered) {
        this.connection = connection;
        this.answered = answered;
    }

    /// Takes the connection of a request. The caller must return from its handler soon.
    static ClientConnection of(ServerResponse response, Guest guest) {
        var takeover = response.sink(TYPE);
        takeover.connection.take(guest);
        takeover.answered.run();
        return takeover.connection;
    }

    @Override
    public Sink<byte[]> emit(byte[] bytes) {
        throw new UnsupportedOperationException("whoever took the connection writes to it");
    }

    @Override
    public void close() {
        // the guest closes
    }
}
