package dev.fanfare.load.cli;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/// What options' URLs may be.
final class Urls {
    private Urls() {}

    /// Of a server that this talks HTTP with.
    static URI web(String option, String value) {
        return of(option, value, List.of("http", "https"), "URL: use http://HOST:PORT/PATH or https://HOST:PORT/PATH");
    }

    /// The same, or with the schemes of WebSockets.
    static URI session(String option, String value) {
        return of(
                option,
                value,
                List.of("http", "https", "ws", "wss"),
                "URL: use http://HOST:PORT/PATH or https://HOST:PORT/PATH, also with ws or wss");
    }

    /// Where TLS makes no sense.
    static URI plain(String option, String value) {
        return of(option, value, List.of("http"), "URL without TLS: use http://HOST:PORT/PATH");
    }

    static boolean isSecure(URI uri) {
        return scheme(uri).equals("https") || scheme(uri).equals("wss");
    }

    static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : isSecure(uri) ? 443 : 80;
    }

    private static URI of(String option, String value, List<String> schemes, String what) {
        try {
            var uri = URI.create(value.replace("{", "%7B").replace("}", "%7D"));
            if (schemes.contains(scheme(uri)) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException wrong) {
            // said below
        }
        throw new Misuse("%s '%s' is no %s".formatted(option, value, what));
    }

    private static String scheme(URI uri) {
        return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    }
}
