package dev.fanfare.gateway.transport;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// HTTP/1.0 (RFC 1945), which Helidon refuses and some proxies speak to those behind them, nginx if it is not told
/// otherwise. A request of it is made one of HTTP/1.1 whose answer is the last of its connection: then no answer is
/// in chunks, and each has a length or ends with the connection (RFC 9112 §6.3). The answer may say HTTP/1.1 (RFC 9110
/// §2.5).
///
/// Functions, for any thread.
final class Http10 {
    private static final byte[] VERSION = ascii(" HTTP/1.0\r\n");
    private static final byte[] LINE_END = ascii("\r\n");
    private static final byte[] HEAD_END = ascii("\r\n\r\n");
    private static final int HEAD_MAX = 64 * 1024; // Helidon refuses one that is so long

    /// What HTTP/1.0 does not know, or not in the same sense: RFC 9110 §7.6.1 and §10.1.1. `Upgrade` stays, and is
    /// refused, as `Connection` does not name it.
    private static final Set<String> WITHOUT = Set.of("connection", "keep-alive", "proxy-connection", "expect");

    private Http10() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// The beginning of a request, as HTTP/1.1. One of HTTP/1.1 is left as it is.
    ///
    /// @param bytes the first that have come
    /// @param more waits for the next ones; null at the end
    /// @return null if the end has come within the head
    static byte @Nullable [] as11(byte[] bytes, Supplier<byte @Nullable []> more) {
        var head = bytes;
        int line = behind(head, 0, LINE_END);
        while (line < 0 && head.length < HEAD_MAX) {
            int before = head.length;
            head = joined(head, more.get());
            if (head == null) {
                return null;
            }
            line = behind(head, before - 1, LINE_END);
        }
        if (line < VERSION.length || !Arrays.equals(head, line - VERSION.length, line, VERSION, 0, VERSION.length)) {
            return head;
        }
        int end = behind(head, line - 2, HEAD_END);
        while (end < 0 && head.length < HEAD_MAX) {
            int before = head.length;
            head = joined(head, more.get());
            if (head == null) {
                return null;
            }
            end = behind(head, Math.max(line - 2, before - 3), HEAD_END);
        }
        return translated(head, line, end < 0 ? head.length : end - 2);
    }

    /// @param line where the headers begin
    /// @param end where they end, and the empty line begins
    private static byte[] translated(byte[] bytes, int line, int end) {
        var made = new ByteArrayOutputStream(bytes.length + 64);
        made.write(bytes, 0, line - VERSION.length);
        made.writeBytes(ascii(" HTTP/1.1\r\nConnection: close\r\n"));
        var headers = new String(bytes, line, end - line, StandardCharsets.ISO_8859_1);
        boolean hasHost = false;
        for (var header : headers.split("(?<=\r\n)", -1)) {
            int colon = header.indexOf(':');
            var name = colon < 0 ? "" : header.substring(0, colon).toLowerCase(Locale.ROOT);
            hasHost |= name.equals("host");
            if (!WITHOUT.contains(name)) {
                made.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        if (!hasHost) { // HTTP/1.1 wants one (RFC 9112 §3.2)
            made.writeBytes(ascii("Host: invalid\r\n"));
        }
        made.write(bytes, end, bytes.length - end);
        return made.toByteArray();
    }

    private static byte @Nullable [] joined(byte[] first, byte @Nullable [] next) {
        if (next == null) {
            return null;
        }
        var all = Arrays.copyOf(first, first.length + next.length);
        System.arraycopy(next, 0, all, first.length, next.length);
        return all;
    }

    /// Where the first of these ends, from there on; -1 if there is none.
    private static int behind(byte[] bytes, int from, byte[] text) {
        for (int i = Math.max(0, from); i + text.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + text.length, text, 0, text.length)) {
                return i + text.length;
            }
        }
        return -1;
    }
}
