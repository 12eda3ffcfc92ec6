package dev.fanfare.webhook.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;

/// A socket that asks the guard before it connects, whoever resolved the address and however it was written, and that
/// tells the call of the bytes it sends. The client's own hooks do neither: for a literal its `Dns` is not asked.
///
/// Threads: as a socket.
final class GuardedSocket extends Socket {
    private final Gate gate;

    GuardedSocket(Gate gate) {
        this.gate = gate;
    }

    /// Whether an address may be connected to.
    @FunctionalInterface
    interface Gate {
        void permit(SocketAddress target) throws IOException;
    }

    @Override
    public void connect(SocketAddress target) throws IOException {
        connect(target, 0);
    }

    @Override
    public void connect(SocketAddress target, int timeoutMillis) throws IOException {
        gate.permit(target);
        super.connect(target, timeoutMillis);
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(int single) throws IOException {
                out.write(single);
                CallTrace.wrote();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                out.write(bytes, offset, length);
                CallTrace.wrote();
            }
        };
    }
}
