package dev.fanfare.gateway.transport;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A long-poll's request by its bytes: whoever sends the same ones, with the cursor of its last answer where the cursor
/// was, asks for the same from there on. Immutable.
final class Repeat {
    private final byte[] request;
    private final int from;
    private final int to;

    /// @param request with a cursor in it
    /// @param from where the cursor begins
    /// @param to where it ends
    Repeat(byte[] request, int from, int to) {
        this.request = request;
        this.from = from;
        this.to = to;
    }

    /// Null if the request does not have the cursor in it just once.
    static @Nullable Repeat of(byte[] request, String cursor) {
        var text = new String(request, StandardCharsets.ISO_8859_1);
        int from = text.indexOf(cursor);
        boolean once = from >= 0 && text.indexOf(cursor, from + 1) < 0;
        return once ? new Repeat(request, from, from + cursor.length()) : null;
    }

    /// Whether these bytes are this request, with another cursor.
    boolean is(byte[] bytes, byte[] cursor) {
        int end = from + cursor.length;
        return bytes.length == request.length - (to - from) + cursor.length
                && Arrays.equals(bytes, 0, from, request, 0, from)
                && Arrays.equals(bytes, from, end, cursor, 0, cursor.length)
                && Arrays.equals(bytes, end, bytes.length, request, to, request.length);
    }
}
