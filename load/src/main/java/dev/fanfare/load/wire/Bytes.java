package dev.fanfare.load.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Comparing pieces of a buffer with what is looked for.
public final class Bytes {
    private Bytes() {}

    public static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static boolean startsWith(byte[] data, int from, int to, byte[] prefix) {
        return to - from >= prefix.length && Arrays.equals(data, from, from + prefix.length, prefix, 0, prefix.length);
    }

    public static boolean equal(byte[] data, int from, int to, byte[] other) {
        return to - from == other.length && startsWith(data, from, to, other);
    }

    /// Where `sought` begins in `data[from, to)`; -1: nowhere.
    public static int find(byte[] data, int from, int to, byte[] sought) {
        for (int i = from; i <= to - sought.length; i++) {
            if (startsWith(data, i, to, sought)) {
                return i;
            }
        }
        return -1;
    }

    /// The last place of `sought` in `data[from, to)`; -1: none.
    public static int findLast(byte[] data, int from, int to, byte[] sought) {
        for (int i = to - sought.length; i >= from; i--) {
            if (startsWith(data, i, to, sought)) {
                return i;
            }
        }
        return -1;
    }
}
