package dev.fanfare.gateway.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.regex.Pattern;

/// Pieces of what clients send and get.
final class Requests {
    private Requests() {}

    /// Whence attackers come, so that they can be told from bystanders.
    static final String ATTACKER = "127.0.0.2";

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
