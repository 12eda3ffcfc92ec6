package dev.fanfare.load.client;

import dev.fanfare.load.wire.HeadLines;
import dev.fanfare.load.wire.Input;
import java.io.IOException;
import java.util.Locale;

/// Reads the head of an HTTP/1.1 response (RFC 9112), of its headers only what a session needs. One per loop: what was
/// read last is kept in it.
final class ResponseHead {
    private int status;
    private long contentLength;
    private boolean chunked;
    private boolean closes;
    private String accept = "";
    private String lastModified = "";
    private String entityTag = "";

    /// Reads and skips the head, if all of it is there.
    ///
    /// @throws IOException for what is no HTTP response
    boolean read(Input in) throws IOException {
        var lines = HeadLines.take(in);
        if (lines.isEmpty()) {
            return false;
        }
        contentLength = -1;
        chunked = false;
        closes = false;
        accept = "";
        lastModified = "";
        entityTag = "";
        status = status(lines.getFirst());
        for (var line : lines.subList(1, lines.size())) {
            header(line);
        }
        return true;
    }

    int status() {
        return status;
    }

    /// -1: not said.
    long contentLength() {
        return contentLength;
    }

    boolean chunked() {
        return chunked;
    }

    /// Whether the server closes the connection after the response.
    boolean closes() {
        return closes;
    }

    /// The value of `Sec-WebSocket-Accept`.
    String accept() {
        return accept;
    }

    /// The value of `Last-Modified`; empty: there is none.
    String lastModified() {
        return lastModified;
    }

    /// The value of `ETag`; empty: there is none.
    String entityTag() {
        return entityTag;
    }

    private void header(String line) throws IOException {
        int colon = line.indexOf(':');
        if (colon < 0) {
            throw new IOException("a response header without a colon: '" + line + "'");
        }
        var value = line.substring(colon + 1).strip();
        switch (lower(line.substring(0, colon))) {
            case "content-length" -> contentLength = length(value);
            case "transfer-encoding" -> chunked = lower(value).contains("chunked");
            case "connection" -> closes = lower(value).contains("close");
            case "sec-websocket-accept" -> accept = value;
            case "last-modified" -> lastModified = value;
            case "etag" -> entityTag = value;
            default -> {}
        }
    }

    private static long length(String value) throws IOException {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException wrong) {
            throw new IOException("Content-Length: " + value, wrong);
        }
    }

    private static int status(String line) throws IOException {
        if (!line.matches("HTTP/1\\.[01] [1-5]\\d\\d( .*)?")) {
            throw new IOException("no HTTP/1.1 response: '" + line.substring(0, Math.min(40, line.length())) + "'");
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
