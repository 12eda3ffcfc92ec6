package dev.fanfare.load.hook;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/// The head of a request (RFC 9112), of its headers only what a receiver of webhooks needs.
///
/// @param length of the body; -1: until the last chunk
/// @param id `webhook-id`; empty as the two behind it: it has none
record RequestHead(
        String method,
        String path,
        long length,
        boolean closes,
        boolean continues,
        String id,
        String timestamp,
        String signature) {

    /// @throws IOException for what is no HTTP/1.1 request
    static RequestHead of(List<String> lines) throws IOException {
        var first = lines.getFirst().split(" ", -1);
        if (first.length != 3 || !first[2].equals("HTTP/1.1")) {
            throw new IOException("no HTTP/1.1 request");
        }
        long length = 0;
        boolean closes = false;
        boolean continues = false;
        var id = "";
        var timestamp = "";
        var signature = "";
        for (var line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("a header without a colon");
            }
            var value = line.substring(colon + 1).strip();
            switch (lower(line.substring(0, colon))) {
                case "content-length" -> length = length(value);
                case "transfer-encoding" -> length = lower(value).contains("chunked") ? -1 : length;
                case "connection" -> closes = lower(value).contains("close");
                case "expect" -> continues = true;
                case "webhook-id" -> id = value;
                case "webhook-timestamp" -> timestamp = value;
                case "webhook-signature" -> signature = value;
                default -> {}
            }
        }
        return new RequestHead(first[0], first[1], length, closes, continues, id, timestamp, signature);
    }

    private static long length(String value) throws IOException {
        if (!value.matches("\\d{1,9}")) {
            throw new IOException("Content-Length: " + value);
        }
        return Long.parseLong(value);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
