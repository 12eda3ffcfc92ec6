package dev.fanfare.gateway.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A TCP connection to a gateway that speaks as much HTTP/1.1 as clients need.
public final class Wire {
    private static final int BUFFER = 8192;

    private final Socket socket;
    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long left = Long.MAX_VALUE; // bytes until the end of the body, for whoever reads lines

    Wire(Target target) throws IOException {
        socket = new Socket();
        try {
            if (target.receiveBuffer() > 0) {
                socket.setReceiveBufferSize(target.receiveBuffer());
            }
            int patience = Math.toIntExact(target.patience().toMillis());
            socket.connect(target.gateway(), patience);
            socket.setSoTimeout(patience);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
    }

    /// The head of an answer.
    ///
    /// @param headers names in lower case
    record Head(int status, Map<String, String> headers) {}

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    Head head() throws IOException {
        var status = line();
        if (status == null) {
            throw new EOFException("no answer");
        }
        var headers = new TreeMap<String, String>();
        while (true) {
            var header = line();
            if (header == null) {
                throw new EOFException("half an answer");
            }
            if (header.isEmpty()) {
                return new Head(Integer.parseInt(status.substring(9, 12)), headers);
            }
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
    }

    /// A body with a length, or in chunks; of another one, nothing.
    String body(Head head) throws IOException {
        if (!head.headers().getOrDefault("transfer-encoding", "").equals("chunked")) {
            int length = Integer.parseInt(head.headers().getOrDefault("content-length", "0"));
            return new String(bytes(length), StandardCharsets.UTF_8);
        }
        var body = new ByteArrayOutputStream();
        while (true) {
            var size = line();
            if (size == null) {
                throw new EOFException("half a body");
            }
            var chunk = bytes(Integer.parseInt(size, 16));
            line();
            if (chunk.length == 0) {
                return body.toString(StandardCharsets.UTF_8);
            }
            body.writeBytes(chunk);
        }
    }

    byte[] bytes(int count) throws IOException {
        var bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException(bytes.length + " of " + count + " bytes");
        }
        return bytes;
    }

    /// One byte, or -1 at the end.
    int octet() throws IOException {
        return in.read();
    }

    /// A line without its end; null at the end of the stream, also for a line that was begun.
    @Nullable
    String line() throws IOException {
        line.reset();
        while (true) {
            int octet = left == 0 ? -1 : in.read();
            if (octet < 0) {
                return null;
            }
            left--;
            if (octet == '\n') {
                var text = line.toString(StandardCharsets.UTF_8);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            line.write(octet);
        }
    }

    /// Lets a body of known length end where it does, though the connection stays open.
    void limit(Head head) {
        var length = head.headers().get("content-length");
        left = length == null ? Long.MAX_VALUE : Long.parseLong(length);
    }

    /// Resets the connection.
    void cut() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException closedAlready) {
            return;
        }
        close();
    }

    void close() {
        try {
            socket.close();
        } catch (IOException gone) {
            // that is what was wanted
        }
    }

    /// One request and its answer on a connection of their own.
    static String get(int port, String path) throws IOException {
        return get(Target.local(port).gateway(), path);
    }

    /// The status, a line's end, and the body.
    public static String get(InetSocketAddress gateway, String path) throws IOException {
        var wire = new Wire(Target.of(gateway));
        try {
            wire.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n");
            var head = wire.head();
            return head.status() + "\n" + wire.body(head);
        } finally {
            wire.close();
        }
    }
}
