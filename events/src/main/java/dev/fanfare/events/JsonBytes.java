package dev.fanfare.events;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Builds JSON as UTF-8 bytes, into which values that are JSON already can be put as they are. Not thread-safe.
public final class JsonBytes {
    private static final JsonStringEncoder ESCAPES = JsonStringEncoder.getInstance();

    private byte[] bytes;
    private int length;

    /// @param sizeHint bytes that are expected, at least 1
    public JsonBytes(int sizeHint) {
        bytes = new byte[sizeHint];
    }

    /// Punctuation, names and whatever else needs no escaping.
    public JsonBytes raw(String ascii) {
        int n = ascii.length();
        reserve(n);
        for (int i = 0; i < n; i++) {
            bytes[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /// JSON as it is.
    public JsonBytes raw(byte[] json) {
        reserve(json.length);
        System.arraycopy(json, 0, bytes, length, json.length);
        length += json.length;
        return this;
    }

    /// A part of an array, as it is.
    public JsonBytes raw(byte[] from, int offset, int n) {
        reserve(n);
        System.arraycopy(from, offset, bytes, length, n);
        length += n;
        return this;
    }

    /// A string literal.
    public JsonBytes string(String value) {
        return raw("\"").raw(ESCAPES.quoteAsUTF8(value)).raw("\"");
    }

    /// `,"name":"value"`.
    public JsonBytes member(String name, String value) {
        return raw(",\"").raw(name).raw("\":").string(value);
    }

    /// A string literal of ASCII bytes that need no escaping, such as a cursor.
    public JsonBytes quoted(byte[] ascii) {
        return raw("\"").raw(ascii).raw("\"");
    }

    public int length() {
        return length;
    }

    /// What has been written. Nothing may be written any more.
    public byte[] done() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private void reserve(int n) {
        if (bytes.length - length < n) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + n));
        }
    }
}
