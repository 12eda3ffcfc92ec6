package dev.fanfare.gateway.transport;

import io.helidon.common.buffers.BufferData;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.util.Set;

/// Takes every connection of the listener, as its only selector: Helidon itself waits without end for the bytes that
/// tell its protocol, and logs a stack trace of whoever goes without having sent any.
public final class FrontDoor implements ServerConnectionSelector {
    private final ServerConnectionSelector http1;
    private final Http2Watch http2;
    private final Patience patience;

    /// @param http1 Helidon's, with [Unhurried] upgrades
    public FrontDoor(ServerConnectionSelector http1, Http2Watch http2, Patience patience) {
        this.http1 = http1;
        this.http2 = http2;
        this.patience = patience;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return 0;
    }

    @Override
    public Support supports(BufferData data) {
        return Support.SUPPORTED;
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return Set.of("h2", "http/1.1");
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        return new Arrival(context, http1, http2, patience);
    }
}
