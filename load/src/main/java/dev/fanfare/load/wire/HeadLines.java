package dev.fanfare.load.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The lines of the head of an HTTP/1.1 message (RFC 9112 §2.1).
public final class HeadLines {
    private static final int LENGTH_MAX = 64 * 1024;

    private HeadLines() {}

    /// Takes the head off the input, if all of it is there; otherwise nothing, and the answer is empty.
    ///
    /// @throws IOException for one that is too long
    public static List<String> take(Input in) throws IOException {
        int end = end(in);
        if (end < 0) {
            if (in.length() > LENGTH_MAX) {
                throw new IOException("a head of more than 64 KiB");
            }
            return List.of();
        }
        var lines = new ArrayList<String>();
        int line = in.at();
        while (line < end) {
            int lineEnd = LineEnds.find(in.data(), line, end);
            if (lineEnd > line || lines.isEmpty()) {
                lines.add(new String(in.data(), line, lineEnd - line, StandardCharsets.ISO_8859_1));
            }
            line = lineEnd + (in.data()[lineEnd] == '\r' ? 2 : 1);
        }
        in.skip(end - in.at());
        return lines;
    }

    private static int end(Input in) {
        var data = in.data();
        for (int i = in.at() + 3; i < in.end(); i++) {
            if (data[i] == '\n' && data[i - 1] == '\r' && data[i - 2] == '\n' && data[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }
}
