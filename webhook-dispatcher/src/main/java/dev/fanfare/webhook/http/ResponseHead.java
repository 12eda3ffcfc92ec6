package dev.fanfare.webhook.http;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The beginning of an answer's body, for people to read.
final class ResponseHead {
    static final int BYTES_MAX = 4096;
    private static final char REPLACEMENT = '\uFFFD';

    private ResponseHead() {}

    /// As text that every database takes: UTF-8 of at most 4 KiB, with control characters other than tab and line
    /// breaks replaced.
    static String of(byte[] body) {
        var text = new String(body, 0, Math.min(body.length, BYTES_MAX), UTF_8);
        var head = new StringBuilder(text.length());
        var bytes = 0;
        for (var point : text.codePoints().map(ResponseHead::clean).toArray()) {
            bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes > BYTES_MAX) {
                break;
            }
            head.appendCodePoint(point);
        }
        return head.toString();
    }

    private static int clean(int point) {
        var kept = point == '\t' || point == '\n' || point == '\r' || !Character.isISOControl(point);
        return kept ? point : REPLACEMENT;
    }
}
