package dev.fanfare.gateway.app;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/// A page at `/`: plain files from the archive, which use nothing but each other and the gateway. Of the demo some are
/// the library of `client-samples/js`, which the build puts there; the console has the demo's looks.
final class Page {
    static final Page DEMO = new Page(
            "page/index.html",
            "page/page.js",
            "page/connection.js",
            "page/board.js",
            "page/chart.js",
            "page/fanfare.js",
            "page/fanfare/choice.js",
            "page/fanfare/link.js",
            "page/fanfare/requests.js",
            "page/fanfare/tabs.js",
            "page/fanfare/transports.js",
            "page/page.css",
            "page/icon.svg");

    static final Page CONSOLE = new Page(
            "console/index.html",
            "console/console.js",
            "console/api.js",
            "console/decisions.js",
            "console/detail.js",
            "console/drain.js",
            "console/figures.js",
            "console/nodes.js",
            "console/table.js",
            "console/console.css",
            "page/page.css",
            "page/icon.svg");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    /// Content Security Policy Level 3. Forms are the script's; `connect-src` is for WebSockets too.
    private static final String CONTENT_SECURITY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final List<String> files;

    private Page(String... files) {
        this.files = List.of(files);
    }

    List<String> paths() {
        return files.stream().map(Page::path).toList();
    }

    void register(HttpRouting.Builder routing) {
        for (var file : files) {
            var bytes = read(file);
            var path = path(file);
            var type = TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "application/octet-stream");
            routing.get(
                    path,
                    (_, response) -> response.header(HeaderNames.CONTENT_TYPE, type)
                            .header(HeaderNames.CACHE_CONTROL, "no-cache")
                            .header("Content-Security-Policy", CONTENT_SECURITY)
                            .header("Referrer-Policy", "no-referrer")
                            .send(bytes));
        }
    }

    private static String path(String file) {
        var name = file.substring(file.indexOf('/') + 1);
        return name.equals("index.html") ? "/" : "/" + name;
    }

    private static byte[] read(String file) {
        try (var in = Page.class.getResourceAsStream("/" + file)) {
            if (in == null) {
                throw new IllegalStateException("the archive lacks " + file);
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
