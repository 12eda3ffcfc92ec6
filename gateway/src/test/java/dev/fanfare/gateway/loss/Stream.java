package dev.fanfare.gateway.loss;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A client of one stream, of which all is in the test's hands: the size of its receive buffer, when it reads and how
/// fast, and how it goes. For one thread. Uses nothing beyond the JDK, since it also runs in other processes.
abstract sealed class Stream implements AutoCloseable {
    private static final Pattern CURSOR = Pattern.compile("\"(?:id|cursor)\":\"([A-Za-z0-9_-]+)\"");

    private static final int BUFFER = 4096;

    final Socket socket;
    final DataInputStream in;
    private final byte[] piece = new byte[BUFFER];

    /// What the server said at once: an event, or a notice such as `ready`.
    ///
    /// @param kind `event`, the name of a notice, or `retry`
    /// @param cursor where to resume after this
    record Message(String kind, Optional<String> cursor, String data) {}

    private Stream(InetSocketAddress server, int receiveBuffer, UnaryOperator<InputStream> pace, String request)
            throws IOException {
        socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.connect(server);
        in = new DataInputStream(new BufferedInputStream(pace.apply(socket.getInputStream()), BUFFER));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    /// Opens server-sent events; nothing is read yet.
    static Stream sse(InetSocketAddress server, String target, int receiveBuffer, UnaryOperator<InputStream> pace)
            throws IOException {
        return new Sse(server, target, receiveBuffer, pace);
    }

    /// Opens a WebSocket; nothing is read yet.
    static Stream webSocket(InetSocketAddress server, String target, int receiveBuffer, UnaryOperator<InputStream> pace)
            throws IOException {
        return new WebSocket(server, target, receiveBuffer, pace);
    }

    /// The next message.
    ///
    /// @throws EOFException where the stream ends, also in the middle of a message
    abstract Message next() throws IOException;

    /// Goes with a FIN, or with a RST if something was not read.
    @Override
    public void close() throws IOException {
        socket.close();
    }

    /// Goes with a RST.
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /// In pieces: byte by byte, two hundred clients would keep the gateway beside them from its work.
    String line() throws IOException {
        var line = new ByteArrayOutputStream();
        while (true) {
            in.mark(BUFFER);
            int count = in.read(piece);
            if (count < 0) {
                throw new EOFException();
            }
            int end = 0;
            while (end < count && piece[end] != '\n') {
                end++;
            }
            line.write(piece, 0, end);
            if (end < count) {
                in.reset();
                in.skipNBytes(end + 1);
                return line.toString(StandardCharsets.UTF_8);
            }
        }
    }

    void head(String expected) throws IOException {
        var status = line();
        if (!status.startsWith("HTTP/1.1 " + expected)) {
            throw new IOException("not " + expected + ": " + status);
        }
        while (!line().equals("\r")) {
            // headers
        }
    }

    private static final class Sse extends Stream {
        private boolean begun;

        Sse(InetSocketAddress server, String target, int receiveBuffer, UnaryOperator<InputStream> pace)
                throws IOException {
            super(
                    server,
                    receiveBuffer,
                    pace,
                    "GET " + target + " HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n\r\n");
        }

        @Override
        Message next() throws IOException {
            if (!begun) {
                head("200");
                begun = true;
            }
            var kind = "event";
            var cursor = Optional.<String>empty();
            var data = new StringBuilder();
            for (var line = line(); true; line = line()) {
                if (line.startsWith("event: ")) {
                    kind = line.substring(7);
                } else if (line.startsWith("id: ")) {
                    cursor = Optional.of(line.substring(4));
                } else if (line.startsWith("data: ")) {
                    data.append(line, 6, line.length());
                } else if (line.startsWith("retry: ")) {
                    kind = "retry";
                } else if (line.isEmpty()) {
                    if (!data.isEmpty() || kind.equals("retry")) {
                        return new Message(kind, cursor, data.toString());
                    }
                    kind = "event"; // a heartbeat, or a cursor alone
                }
            }
        }
    }

    private static final class WebSocket extends Stream {
        private boolean begun;

        WebSocket(InetSocketAddress server, String target, int receiveBuffer, UnaryOperator<InputStream> pace)
                throws IOException {
            super(
                    server,
                    receiveBuffer,
                    pace,
                    "GET " + target + " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                            + "Sec-WebSocket-Protocol: fanfare.v1.json\r\n\r\n");
        }

        @Override
        Message next() throws IOException {
            if (!begun) {
                head("101");
                begun = true;
            }
            while (true) {
                int opcode = in.readUnsignedByte() & 0x0F;
                int length = in.readUnsignedByte();
                if (length == 126) {
                    length = in.readUnsignedShort();
                } else if (length == 127) {
                    length = Math.toIntExact(in.readLong());
                }
                var payload = new byte[length];
                in.readFully(payload);
                switch (opcode) {
                    case 1 -> {
                        return message(new String(payload, StandardCharsets.UTF_8));
                    }
                    case 8 -> {
                        int code = ((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF);
                        return new Message("close", Optional.empty(), Integer.toString(code));
                    }
                    case 9 -> socket.getOutputStream().write(new byte[] {(byte) 0x8A, (byte) 0x80, 0, 0, 0, 0});
                    default -> throw new IOException("opcode " + opcode);
                }
            }
        }

        private static Message message(String json) {
            var type = first(Pattern.compile("\"type\":\"([a-z-]+)\""), json).orElse("?");
            return new Message(type, first(CURSOR, json), json);
        }

        private static Optional<String> first(Pattern pattern, String json) {
            return Optional.of(pattern.matcher(json)).filter(Matcher::find).map(found -> found.group(1));
        }
    }
}
