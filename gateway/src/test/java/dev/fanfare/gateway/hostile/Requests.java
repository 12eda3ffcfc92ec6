package dev.fanfare.gateway.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Pieces of what clients send and get.
final class Requests {
    private Requests() {}

    /// Whence attackers come, so that they can be told from bystanders.
    static final String ATTACKER = "127.0.0.2";

    /// The headers of a WebSocket's handshake.
    static String[] handshake(String... more) {
        var headers = new ArrayList<>(List.of(
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
        headers.addAll(List.of(more));
        return headers.toArray(String[]::new);
    }

    static Socket plain(int port) {
        try {
            return new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /// The first value of a member in an answer.
    static String member(String json, String name) {
        var match = Pattern.compile("\"" + name + "\":\"?([^\",}]+)").matcher(json);
        if (!match.find()) {
            throw new AssertionError("no " + name + " in " + json);
        }
        return match.group(1);
    }
}
