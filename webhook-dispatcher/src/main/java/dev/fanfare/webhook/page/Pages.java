package dev.fanfare.webhook.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.webhook.config.WebhookSettings;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `/portal/` for tenants and `/console/` for operators: the same files, which use nothing but each other and the API.
/// Everybody may read them; there is nothing of anybody in them. The stylesheet and the picture are those of the
/// gateway's page, which the build puts there.
public final class Pages {
    private static final String CSS = "text/css; charset=utf-8";
    private static final String JS = "text/javascript; charset=utf-8";
    private static final Map<String, String> FILES = Map.of(
            "page.css", CSS,
            "icon.svg", "image/svg+xml",
            "webhooks.css", CSS,
            "webhooks.js", JS,
            "api.js", JS,
            "parts.js", JS,
            "endpoints.js", JS,
            "endpoint.js", JS,
            "deliveries.js", JS,
            "work.js", JS);

    /// Content Security Policy Level 3. Forms are the script's.
    private static final String CONTENT_SECURITY = "default-src 'none'; script-src 'self'; style-src 'self'; "
            + "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ";

    private final Map<String, Answer> answers = new LinkedHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // handed through, never compared
    private record Answer(String type, byte[] body, String frameAncestors) {
        @Override
        public String toString() {
            return "Answer[" + type + "]";
        }
    }

    public Pages(WebhookSettings.Portal portal) {
        var accent = Accent.of(portal.accent()).orElseThrow();
        var frames = portal.frameAncestors().isEmpty() ? "'none'" : String.join(" ", portal.frameAncestors());
        add("portal", portal.name(), portal.logo().orElse(""), accent.css(), frames);
        add("console", "Webhooks console", "", "", "'none'");
    }

    private void add(String page, String name, String logo, String theme, String frames) {
        var base = "/" + page + "/";
        var html = new String(read("index.html"), UTF_8)
                .replace("{page}", page)
                .replace("{name}", escaped(name))
                .replace("{logo}", escaped(logo));
        answers.put(base, new Answer("text/html; charset=utf-8", html.getBytes(UTF_8), frames));
        answers.put(base + "theme.css", new Answer(CSS, theme.getBytes(UTF_8), frames));
        FILES.forEach((file, type) -> answers.put(base + file, new Answer(type, read(file), frames)));
    }

    public void register(HttpRouting.Builder routing) {
        answers.forEach((path, answer) -> routing.get(
                path,
                (_, response) -> response.header(HeaderNames.CONTENT_TYPE, answer.type)
                        .header(HeaderNames.CACHE_CONTROL, "no-cache")
                        .header("Content-Security-Policy", CONTENT_SECURITY + answer.frameAncestors)
                        .header("Referrer-Policy", "no-referrer")
                        .send(answer.body)));
        // a link that was copied without its last stroke; what is behind # goes along
        for (var page : List.of("/portal", "/console")) {
            routing.route(
                    Method.GET,
                    page,
                    (_, response) -> response.status(308)
                            .header(HeaderNames.LOCATION, page.substring(1) + "/")
                            .send());
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static byte[] read(String name) {
        try (var in = Pages.class.getResourceAsStream("/page/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the archive lacks page/" + name);
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
