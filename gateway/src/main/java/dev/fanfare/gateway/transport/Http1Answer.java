package dev.fanfare.gateway.transport;

import io.helidon.http.DateTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A long-poll's responses, written onto a taken HTTP/1.1 connection.
final class Http1Answer implements PollWire.Answer {
    private static final byte[] STATUS = ascii("HTTP/1.1 200 OK\r\n");

    private final byte[] head; // all that is the same each time
    private final RequestIds requestIds;
    private volatile boolean keepAlive;
    private final PollBuffers.Share buffers;
    private @Nullable ClientConnection connection;

    /// What each response has as its `X-Request-Id`.
    interface RequestIds {
        String next();
    }

    /// @param buffers given back when the answer is written or cut
    Http1Answer(Map<String, String> headers, RequestIds requestIds, boolean keepAlive, PollBuffers.Share buffers) {
        var fixed = new StringBuilder();
        headers.forEach(
                (name, value) -> fixed.append(name).append(": ").append(value).append("\r\n"));
        this.head = ascii(fixed.toString());
        this.requestIds = requestIds;
        this.keepAlive = keepAlive;
        this.buffers = buffers;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    void connect(ClientConnection taken) {
        connection = taken;
    }

    @Override
    public boolean offer(List<byte[]> body, int bytes) throws IOException {
        var rest = ascii("Date: " + DateTime.rfc1123String() + "\r\nX-Request-Id: " + requestIds.next()
                + "\r\nConnection: " + (keepAlive ? "keep-alive" : "close") + "\r\nContent-Length: " + bytes
                + "\r\n\r\n"); // Date: RFC 9110 §6.6.1
        var pieces = new ArrayList<byte[]>(3 + body.size());
        pieces.add(STATUS);
        pieces.add(head);
        pieces.add(rest);
        pieces.addAll(body);
        boolean all = connection().out().offer(pieces, STATUS.length + head.length + rest.length + bytes);
        if (all) {
            buffers.release();
        }
        return all;
    }

    @Override
    public void last() {
        keepAlive = false;
    }

    @Override
    public boolean isOutrun() {
        return connection().hasEarlyRequest();
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
