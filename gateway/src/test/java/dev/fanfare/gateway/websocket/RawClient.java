package dev.fanfare.gateway.websocket;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// A WebSocket client that sends whatever bytes a test wants, right or wrong.
public final class RawClient implements AutoCloseable {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final byte[] MASK = {0x37, (byte) 0xFA, 0x21, 0x3D};
    private static final int PATIENCE_MILLIS = 20_000; // for what must come; nothing waits as long when all is well

    private final Socket socket;
    private final DataInputStream in;

    public RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    public static byte[] request(String target, String... extraHeaders) {
        var request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        for (var header : extraHeaders) {
            request.append(header).append("\r\n");
        }
        return ascii(request.append("\r\n").toString());
    }

    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// A frame as a client sends it.
    ///
    /// @param first FIN, RSV bits and opcode
    public static byte[] frame(int first, byte[] payload) {
        var length = payload.length;
        var code = length <= 125 ? length : length <= 0xFFFF ? 126 : 127;
        return concat(header(first, 0x80 | code, code < 126 ? 0 : code == 126 ? 2 : 8, length), MASK, masked(payload));
    }

    /// A frame's first bytes, without the mask, with the length in as many bytes as the test wants.
    public static byte[] header(int first, int second, int lengthBytes, long length) {
        var header = new byte[2 + lengthBytes];
        header[0] = (byte) first;
        header[1] = (byte) second;
        for (var i = 0; i < lengthBytes; i++) {
            header[2 + i] = (byte) (length >>> (8 * (lengthBytes - 1 - i)));
        }
        return header;
    }

    public static byte[] mask() {
        return MASK.clone();
    }

    public static byte[] masked(byte[] payload) {
        var masked = payload.clone();
        for (var i = 0; i < masked.length; i++) {
            masked[i] ^= MASK[i % 4];
        }
        return masked;
    }

    public static byte[] text(String message) {
        return frame(0x80 | TEXT, utf8(message));
    }

    public static byte[] close(int code, String reason) {
        return frame(0x80 | CLOSE, concat(new byte[] {(byte) (code >> 8), (byte) code}, utf8(reason)));
    }

    public static byte[] concat(byte[]... pieces) {
        var all = new ByteArrayOutputStream();
        for (var piece : pieces) {
            all.writeBytes(piece);
        }
        return all.toByteArray();
    }

    /// As RFC 7692 §7.2.1.
    public static byte[] deflate(byte[] message) {
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        deflater.setInput(message);
        var room = new byte[message.length + 1024];
        var length = deflater.deflate(room, 0, room.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return Arrays.copyOf(room, length - 4);
    }

    public static byte[] inflate(byte[] payload) {
        var inflater = new Inflater(true);
        inflater.setInput(concat(payload, new byte[] {0, 0, (byte) 0xFF, (byte) 0xFF}));
        var out = new ByteArrayOutputStream();
        var room = new byte[8192];
        try {
            for (var n = inflater.inflate(room); n > 0; n = inflater.inflate(room)) {
                out.write(room, 0, n);
            }
        } catch (DataFormatException wrong) {
            throw new AssertionError("the server sent broken deflate data", wrong);
        } finally {
            inflater.end();
        }
        return out.toByteArray();
    }

    /// Opens the WebSocket and returns the head of the answer.
    public String open(String target, String... extraHeaders) throws IOException {
        send(request(target, extraHeaders));
        return head();
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /// For a server that may have stopped listening, as it should.
    public void sendIfTaken(byte[] bytes) {
        try {
            send(bytes);
        } catch (IOException notTaken) {
            // what it had to say has been said before
        }
    }

    public void sendByteByByte(byte[] bytes) {
        for (var b : bytes) {
            sendIfTaken(new byte[] {b});
        }
    }

    public void sendNothingMore() throws IOException {
        socket.shutdownOutput();
    }

    /// An HTTP head, up to its empty line.
    public String head() throws IOException {
        var head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            var b = in.read();
            if (b < 0) {
                break;
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.US_ASCII);
    }

    public String rest() throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /// The next frame in words: `text hello`, `binary 00ff`, `pong 01`, `close 1000`; compressed ones
    /// decompressed.
    public String receive() throws IOException {
        int first;
        try {
            first = in.readUnsignedByte();
        } catch (SocketTimeoutException silence) {
            return "nothing";
        } catch (IOException gone) {
            return "the end";
        }
        var second = in.readUnsignedByte();
        if ((second & 0x80) != 0 || (first & 0x80) == 0 || (first & 0x30) != 0) {
            return "a frame that a server must not send: %02x %02x".formatted(first, second);
        }
        var length = second < 126 ? second : second == 126 ? in.readUnsignedShort() : in.readLong();
        var payload = in.readNBytes((int) length);
        if ((first & 0x40) != 0) {
            payload = inflate(payload);
        }
        return switch (first & 0x0F) {
            case TEXT -> "text " + new String(payload, StandardCharsets.UTF_8);
            case BINARY -> "binary " + HexFormat.of().formatHex(payload);
            case PING -> "ping " + HexFormat.of().formatHex(payload);
            case PONG -> "pong " + HexFormat.of().formatHex(payload);
            case CLOSE -> payload.length == 0 ? "close" : "close " + (((payload[0] & 0xFF) << 8) | (payload[1] & 0xFF));
            default -> "opcode " + (first & 0x0F);
        };
    }

    /// Whether the server has closed the TCP side, rather than sent more.
    public boolean ended() {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
