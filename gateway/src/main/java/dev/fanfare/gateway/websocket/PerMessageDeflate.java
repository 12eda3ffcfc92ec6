package dev.fanfare.gateway.websocket;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Chooses among the client's offers of permessage-deflate (RFC 7692 §7.1): the first that can be honoured wins.
final class PerMessageDeflate {
    private static final String NAME = "permessage-deflate";
    private static final String SERVER_MAX_WINDOW_BITS = "server_max_window_bits";

    private PerMessageDeflate() {}

    /// Goes through the offers in the client's order.
    ///
    /// @param extensionHeaders the values of all `Sec-WebSocket-Extensions` lines
    /// @return what to answer, or empty to leave compression off
    static Optional<String> negotiate(List<String> extensionHeaders) {
        for (var line : extensionHeaders) {
            // no parameter of this extension has a comma or semicolon in it, not even in quotes
            for (var offer : line.split(",", -1)) {
                var parts = offer.strip().split("\\s*;\\s*", -1);
                if (parts[0].toLowerCase(Locale.ROOT).equals(NAME)) {
                    var accepted = accept(parts);
                    if (accepted.isPresent()) {
                        return accepted;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> accept(String[] offer) {
        // both sides start each message afresh: our frames are shared by all clients, and an idle client holds no
        // window
        var answer = new StringBuilder(NAME).append("; server_no_context_takeover; client_no_context_takeover");
        var seen = new HashSet<String>();
        for (var i = 1; i < offer.length; i++) {
            var equals = offer[i].indexOf('=');
            var name = (equals < 0 ? offer[i] : offer[i].substring(0, equals))
                    .strip()
                    .toLowerCase(Locale.ROOT);
            var value =
                    equals < 0 ? "" : unquoted(offer[i].substring(equals + 1).strip());
            var honoured = seen.add(name)
                    && switch (name) {
                        case "server_no_context_takeover", "client_no_context_takeover" -> equals < 0;
                        // java.util.zip deflates with a window of 15 bits and no other
                        case SERVER_MAX_WINDOW_BITS -> value.equals("15");
                        // allows us to limit the client's window; as any can be inflated, we do not
                        case "client_max_window_bits" -> equals < 0 || value.matches("[89]|1[0-5]");
                        default -> false;
                    };
            if (!honoured) {
                return Optional.empty();
            }
        }
        if (seen.contains(SERVER_MAX_WINDOW_BITS)) {
            answer.append("; server_max_window_bits=15");
        }
        return Optional.of(answer.toString());
    }

    private static String unquoted(String value) {
        var quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }
}
