package dev.fanfare.load.wire;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;

/// Makes connections of one loop to one server secure, and has the buffers that all of them use: one that is idle
/// holds none. Owned by the loop's thread.
public final class TlsClient {
    private static final int GOING = 34 * 1024; // the largest record that the JDK takes, and a bit

    private final SSLContext context;
    private final String host;
    private final int port;
    private final ByteBuffer coming = ByteBuffer.allocate(Input.READ_MIN); // what it hides fits into any read
    private final ByteBuffer going = ByteBuffer.allocate(GOING);

    /// @param context knows whom to trust
    /// @param host the name, or the address, that the server's certificate has to have
    /// @param port sessions are resumed by this and the host
    public TlsClient(SSLContext context, String host, int port) {
        this.context = context;
        this.host = host;
        this.port = port;
    }

    Tls over(SocketChannel channel) {
        var engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return new Tls(engine, channel, this);
    }

    /// For records that have come, empty.
    ByteBuffer coming() {
        return coming.clear();
    }

    /// For a record to be sent, empty.
    ByteBuffer going() {
        return going.clear();
    }
}
