package dev.fanfare.gateway.transport;

import io.helidon.http.DateTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A long-poll's response, written onto a taken HTTP/1.1 connection.
final class Http1Answer implements PollWire.Answer {
    private final Map<String, String> headers;
    private final boolean keepAlive;
    private final PollBuffers.Share buffers;
    private @Nullable ClientConnection connection;

    /// @param buffers given back when the answer is written or cut
    Http1Answer(Map<String, String> headers, boolean keepAlive, PollBuffers.Share buffers) {
        this.headers = headers;
        this.keepAlive = keepAlive;
        this.buffers = buffers;
    }

    void connect(ClientConnection taken) {
        connection = taken;
    }

    @Override
    public boolean offer(List<byte[]> body, int bytes) throws IOException {
        var head = new StringBuilder("HTTP/1.1 200 OK\r\n");
        head.append("Date: ").append(DateTime.rfc1123String()).append("\r\n"); // RFC 9110 §6.6.1
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(bytes).append("\r\n");
        head.append("Connection: ").append(keepAlive ? "keep-alive" : "close").append("\r\n\r\n");
        var first = head.toString().getBytes(StandardCharsets.US_ASCII);
        var pieces = new ArrayList<byte[]>(1 + body.size());
        pieces.add(first);
        pieces.addAll(body);
        boolean all = connection().out().offer(pieces, first.length + bytes);
        if (all) {
            buffers.close();
        }
        return all;
    }

    @Override
    public void finish() throws IOException {
        try (buffers) {
            connection().out().finish();
        }
    }

    @Override
    public void done() {
        if (keepAlive) {
            connection().leave();
        } else {
            connection().out().abort();
        }
    }

    @Override
    public void abort() {
        buffers.close();
        connection().out().abort();
    }

    @Override
    public long stalledSince() {
        return connection().out().stalledSince();
    }

    private ClientConnection connection() {
        var taken = connection;
        if (taken == null) {
            throw new IllegalStateException("not connected yet");
        }
        return taken;
    }
}
