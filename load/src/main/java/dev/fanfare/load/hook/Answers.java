package dev.fanfare.load.hook;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/// What the receiver says.
final class Answers {
    static final byte[] OK = of(200, OptionalLong.empty());
    static final byte[] UNSIGNED = of(401, OptionalLong.empty());
    static final byte[] NOT_FOUND = of(404, OptionalLong.empty());

    private Answers() {}

    static byte[] of(int status, OptionalLong retryAfterSeconds) {
        var head = new StringBuilder("HTTP/1.1 ").append(status).append(" \r\n");
        retryAfterSeconds.ifPresent(
                seconds -> head.append("Retry-After: ").append(seconds).append("\r\n"));
        return head.append("Content-Length: 0\r\n\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    }
}
