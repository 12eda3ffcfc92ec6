package dev.fanfare.gateway.websocket;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.http.Method;
import io.helidon.http.Status;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// The opening handshake as HTTP (RFC 6455 §4.2): what the request must be, and the bytes of the answer. That it
/// is HTTP/1.1 with one `Host` and an `Upgrade`, Helidon has seen to; what came as HTTP/1.0 has no `Connection:
/// Upgrade`.
final class Handshake {
    static final HeaderName KEY = HeaderNames.create("Sec-WebSocket-Key");
    static final HeaderName VERSION = HeaderNames.create("Sec-WebSocket-Version");
    static final HeaderName PROTOCOL = HeaderNames.create("Sec-WebSocket-Protocol");
    static final HeaderName EXTENSIONS = HeaderNames.create("Sec-WebSocket-Extensions");

    private static final String SUPPORTED_VERSION = "13";
    private static final String ACCEPT_SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;
    private static final int SHOWN_MAX = 64;

    private Handshake() {}

    /// Judges the request by RFC 6455 alone.
    ///
    /// @return the client's key
    /// @throws ProblemException if this cannot become a WebSocket
    static String check(HttpPrologue prologue, Headers headers) {
        if (!prologue.method().equals(Method.GET)) {
            throw new ProblemException(
                    ErrorCode.METHOD_NOT_ALLOWED,
                    "a WebSocket is opened with GET, not "
                            + shown(prologue.method().text()),
                    Map.of("Allow", "GET"));
        }
        if (elements(headers, HeaderNames.CONNECTION).stream().noneMatch("upgrade"::equalsIgnoreCase)) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER,
                    "the Connection header must contain Upgrade for a WebSocket, in HTTP/1.1: a proxy on the way may have removed it, or speak HTTP/1.0");
        }
        var versions = lines(headers, VERSION);
        if (!versions.equals(List.of(SUPPORTED_VERSION))) {
            if (versions.size() > 1) {
                throw repeated("Sec-WebSocket-Version");
            }
            throw new ProblemException(
                    ErrorCode.UPGRADE_REQUIRED,
                    "Sec-WebSocket-Version must be 13, but " + (versions.isEmpty() ? "is missing" : is(versions)),
                    Map.of("Sec-WebSocket-Version", SUPPORTED_VERSION, "Upgrade", "websocket"));
        }
        var keys = lines(headers, KEY);
        if (keys.size() > 1) {
            throw repeated("Sec-WebSocket-Key");
        }
        if (keys.isEmpty() || !is16Bytes(keys.getFirst())) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER,
                    "Sec-WebSocket-Key must be 16 bytes in base64, but " + (keys.isEmpty() ? "is missing" : is(keys)));
        }
        return keys.getFirst();
    }

    /// The elements of a comma-separated header, over all its lines.
    static List<String> elements(Headers headers, HeaderName name) {
        return lines(headers, name).stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    static List<String> lines(Headers headers, HeaderName name) {
        return headers.all(name, List::of).stream().map(String::strip).toList();
    }

    /// What proves to the client that its key was understood (RFC 6455 §4.2.2).
    static String acceptKey(String key) {
        try {
            var digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + ACCEPT_SALT).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-1", impossible);
        }
    }

    /// A whole HTTP/1.1 answer.
    ///
    /// @throws IllegalArgumentException if a header would break out of its line
    static byte[] response(int status, Map<String, String> headers, byte[] body) {
        var head = new StringBuilder("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(Status.create(status).reasonPhrase())
                .append("\r\n");
        headers.forEach((name, value) -> {
            if ((name + value).chars().anyMatch(c -> c < ' ' || c > '~')) {
                throw new IllegalArgumentException("header " + name + " has a character that may not be sent");
            }
            head.append(name).append(": ").append(value).append("\r\n");
        });
        var headBytes = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
        var response = Arrays.copyOf(headBytes, headBytes.length + body.length);
        System.arraycopy(body, 0, response, headBytes.length, body.length);
        return response;
    }

    private static boolean is16Bytes(String base64) {
        try {
            return Base64.getDecoder().decode(base64).length == KEY_BYTES;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    private static ProblemException repeated(String header) {
        return new ProblemException(ErrorCode.INVALID_PARAMETER, header + " must be sent once, but came several times");
    }

    private static String is(List<String> values) {
        return "is '" + shown(values.getFirst()) + "'";
    }

    private static String shown(String value) {
        return value.length() <= SHOWN_MAX ? value : value.substring(0, SHOWN_MAX) + "...";
    }
}
