package dev.fanfare.webhook.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/// Makes the sockets of all calls. The client asks for unconnected ones only; the other ways are shut.
final class GuardedSockets extends SocketFactory {
    private final GuardedSocket.Gate gate;

    GuardedSockets(GuardedSocket.Gate gate) {
        this.gate = gate;
    }

    @Override
    public Socket createSocket() throws IOException {
        var socket = new GuardedSocket(gate);
        socket.setTcpNoDelay(true);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw connected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw connected();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw connected();
    }

    private static UnsupportedOperationException connected() {
        return new UnsupportedOperationException("a socket is connected by its own call, past the guard");
    }
}
