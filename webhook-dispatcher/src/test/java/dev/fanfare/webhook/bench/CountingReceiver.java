package dev.fanfare.webhook.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/// The cheapest receiver that there can be: keeps connections, reads a request by its `content-length`, answers 204.
final class CountingReceiver implements AutoCloseable {
    private static final byte[] ANSWER = "HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server = new ServerSocket();
    private final LongAdder received = new LongAdder();

    CountingReceiver() throws IOException {
        server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 4096);
        Thread.ofPlatform().daemon().name("receiver").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    long received() {
        return received.sum();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                socket.setTcpNoDelay(true);
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream(), 8192);
            var out = socket.getOutputStream();
            var line = new byte[8192];
            while (true) {
                int length = head(in, line);
                if (length < 0) {
                    return;
                }
                in.skipNBytes(length);
                out.write(ANSWER);
                received.increment();
            }
        } catch (IOException gone) {
            // the client's choice
        }
    }

    /// The body's length, -1 at the end.
    private static int head(InputStream in, byte[] line) throws IOException {
        int length = 0;
        while (true) {
            int n = line(in, line);
            if (n < 0) {
                return -1;
            }
            if (n == 0) {
                return length;
            }
            if (n > 16 && (line[0] | 0x20) == 'c' && (line[8] | 0x20) == 'l') {
                var text = new String(line, 0, n, StandardCharsets.US_ASCII);
                if (text.regionMatches(true, 0, "content-length:", 0, 15)) {
                    length = Integer.parseInt(text.substring(15).strip());
                }
            }
        }
    }

    private static int line(InputStream in, byte[] line) throws IOException {
        int n = 0;
        while (true) {
            int b = in.read();
            if (b < 0) {
                return -1;
            }
            if (b == '\n') {
                return n;
            }
            if (b != '\r') {
                line[n++] = (byte) b;
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
