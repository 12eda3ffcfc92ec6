package dev.fanfare.gateway.app;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The page at `/`: plain files from the archive, which use nothing but each other and the gateway. Some are the
/// library of `client-samples/js`, which the build puts there.
final class Page {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    private static final List<String> FILES = List.of(
            "index.html",
            "page.js",
            "connection.js",
            "board.js",
            "chart.js",
            "fanfare.js",
            "fanfare/choice.js",
            "fanfare/link.js",
            "fanfare/requests.js",
            "fanfare/tabs.js",
            "fanfare/transports.js",
            "page.css",
            "icon.svg");

    /// Content Security Policy Level 3. Forms are the script's; `connect-src` is for WebSockets too.
    private static final String CONTENT_SECURITY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static final List<String> PATHS = FILES.stream().map(Page::path).toList();

    private Page() {}

    private static String path(String name) {
        return name.equals("index.html") ? "/" : "/" + name;
    }

    static void register(HttpRouting.Builder routing) {
        for (var name : FILES) {
            var bytes = read(name);
            var type = Objects.requireNonNull(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
            routing.get(
                    path(name),
                    (_, response) -> response.header(HeaderNames.CONTENT_TYPE, type)
                            .header(HeaderNames.CACHE_CONTROL, "no-cache")
                            .header("Content-Security-Policy", CONTENT_SECURITY)
                            .header("Referrer-Policy", "no-referrer")
                            .send(bytes));
        }
    }

    private static byte[] read(String name) {
        try (var in = Page.class.getResourceAsStream("/page/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the archive lacks page/" + name);
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
