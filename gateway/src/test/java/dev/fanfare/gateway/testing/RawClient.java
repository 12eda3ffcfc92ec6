package dev.fanfare.gateway.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A client that writes literal bytes to a socket and reads HTTP/1.1 as it comes. A read that finds nothing for a
/// while fails, so that no test hangs.
public final class RawClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 15_000;

    private final Socket socket;
    private final InputStream in;

    /// The status line and the headers.
    public record Head(String statusLine, List<String> headers) {
        public int status() {
            return Integer.parseInt(statusLine.split(" ", 3)[1]);
        }

        public Optional<String> header(String name) {
            return headers.stream()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }
    }

    /// A whole answer.
    public static final class Answer {
        private final Head head;
        private final byte[] body;

        Answer(Head head, byte[] body) {
            this.head = head;
            this.body = body;
        }

        public Head head() {
            return head;
        }

        public int status() {
            return head.status();
        }

        public byte[] body() {
            return body;
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public String header(String name) {
            return head.header(name).orElseThrow(() -> new AssertionError("no header " + name + " in " + head));
        }

        @Override
        public String toString() {
            return head + "\n" + text();
        }
    }

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    public static RawClient connect(int port) throws IOException {
        return over(new Socket(InetAddress.ofLiteral("127.0.0.1"), port));
    }

    /// On a connection that is there, such as one with TLS.
    public static RawClient over(Socket socket) throws IOException {
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        return new RawClient(socket);
    }

    /// A client at another address of this machine.
    ///
    /// @param from such as 127.0.0.2
    public static RawClient connect(int port, String from) throws IOException {
        var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port, InetAddress.ofLiteral(from), 0);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return new RawClient(socket);
    }

    public Socket socket() {
        return socket;
    }

    /// What comes from the server.
    public InputStream in() {
        return in;
    }

    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /// Sends text as it is, in UTF-8.
    public RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Sends a request without a body.
    ///
    /// @param headers whole lines
    public RawClient get(String target, String... headers) throws IOException {
        return request("GET", target, headers);
    }

    public RawClient request(String method, String target, String... headers) throws IOException {
        var text = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        for (var header : headers) {
            text.append(header).append("\r\n");
        }
        return send(text.append("\r\n").toString());
    }

    /// Asks for an event stream, and reads its head.
    public Head openStream(String target, String... headers) throws IOException {
        var all = new ArrayList<>(List.of(headers));
        all.add("Accept: text/event-stream");
        get(target, all.toArray(String[]::new));
        return head();
    }

    public Head head() throws IOException {
        var status = line();
        var headers = new ArrayList<String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            headers.add(line);
        }
        return new Head(status, List.copyOf(headers));
    }

    /// A head and the body that belongs to it.
    public Answer answer() throws IOException {
        var head = head();
        var length = head.header("Content-Length").map(Integer::parseInt);
        if (length.isPresent()) {
            return new Answer(head, exactly(length.get()));
        }
        if (head.header("Transfer-Encoding").filter("chunked"::equals).isPresent()) {
            return new Answer(head, chunks());
        }
        if (head.status() == 204 || head.status() == 304 || head.status() < 200) {
            return new Answer(head, new byte[0]);
        }
        return new Answer(head, in.readAllBytes());
    }

    private byte[] chunks() throws IOException {
        var all = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(), 16);
            all.writeBytes(exactly(size));
            line();
            if (size == 0) {
                return all.toByteArray();
            }
        }
    }

    public byte[] exactly(int length) throws IOException {
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the server closed after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    /// A line of a head, without its CRLF, which must be there.
    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the server closed after '" + line.toString(StandardCharsets.UTF_8) + "'");
            }
            if (b == '\r') {
                if (in.read() != '\n') {
                    throw new IOException("a CR without LF after '" + line.toString(StandardCharsets.UTF_8) + "'");
                }
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(b);
        }
    }

    /// Whether the server has closed, without anything before that.
    public boolean isAtEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
