package dev.fanfare.gateway.transport;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

/// Helidon's HTTP/1.1, on connections that can be taken over.
public final class TakeoverSelector implements ServerConnectionSelector {
    private final ServerConnectionSelector http1;

    public TakeoverSelector(ServerConnectionSelector http1) {
        this.http1 = http1;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http1.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http1.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http1.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        var connection = new ClientConnection(context);
        return new TakeoverConnection(http1, connection);
    }
}
