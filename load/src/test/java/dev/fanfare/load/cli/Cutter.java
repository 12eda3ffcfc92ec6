package dev.fanfare.load.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Stands before a server, and hands on what that writes in pieces: each longer by a byte than the one before, and then
/// of one byte again.
final class Cutter implements AutoCloseable {
    private static final int LONGEST = 300;

    private final ServerSocket listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final int port;

    /// @param port of the server
    Cutter(int port) throws IOException {
        this.port = port;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                var client = listener.accept();
                var server = new Socket(InetAddress.getLoopbackAddress(), port);
                client.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                Thread.ofVirtual().start(() -> handOn(client, server, false));
                Thread.ofVirtual().start(() -> handOn(server, client, true));
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private static void handOn(Socket from, Socket to, boolean cuts) {
        try (from;
                to) {
            if (cuts) {
                cut(from.getInputStream(), to.getOutputStream());
            } else {
                from.getInputStream().transferTo(to.getOutputStream());
            }
        } catch (IOException gone) {
            // one of both has ended it
        }
    }

    private static void cut(InputStream in, OutputStream out) throws IOException {
        var piece = new byte[LONGEST];
        int length = 1;
        for (int count = in.read(piece, 0, length); count > 0; count = in.read(piece, 0, length)) {
            out.write(piece, 0, count);
            length = length % LONGEST + 1;
        }
    }
}
