package dev.fanfare.webhook.app;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.fanfare.service.config.Values;
import dev.fanfare.webhook.config.WebhookSettings.Portal;
import dev.fanfare.webhook.page.Accent;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads everything under `portal`.
final class PortalReader {
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final int NAME_MAX = 80;
    private static final int LOGO_MAX = 3;

    /// A source of a Content Security Policy that names one origin, or all hosts of a domain.
    private static final Pattern ORIGIN = Pattern.compile("https?://(\\*\\.)?[A-Za-z0-9.-]+(:\\d{1,5})?");

    private final Values values;

    PortalReader(Values values) {
        this.values = values;
    }

    Portal read() {
        var standard = Portal.DEFAULT;
        var portal = new Portal(
                url(),
                values.duration("portal.link-life", standard.linkLife(), ofSeconds(1), ofDays(1)),
                values.duration("portal.session-life", standard.sessionLife(), ofMinutes(1), ofDays(7)),
                frameAncestors(),
                values.text("portal.name", standard.name()),
                values.text("portal.logo"),
                values.text("portal.accent", standard.accent()));
        if (portal.name().length() > NAME_MAX) {
            values.refuse("portal.name", portal.name(), "it must have %d characters at most".formatted(NAME_MAX));
        }
        portal.logo()
                .filter(logo -> logo.codePointCount(0, logo.length()) > LOGO_MAX)
                .ifPresent(logo ->
                        values.refuse("portal.logo", logo, "it must have %d characters at most".formatted(LOGO_MAX)));
        if (Accent.of(portal.accent()).isEmpty()) {
            values.refuse("portal.accent", portal.accent(), "it must be a colour such as '#2f5fd0', in quotes");
        }
        return portal;
    }

    private Optional<String> url() {
        var url = values.text("portal.url").map(text -> text.replaceAll("/+$", ""));
        url.filter(text -> !isGood(text))
                .ifPresent(text -> values.refuse(
                        "portal.url",
                        text,
                        "it must be https://host, perhaps with a port and a path, and nothing else; http only for"
                                + " localhost: the session's cookie must not travel without TLS"));
        return url.filter(PortalReader::isGood);
    }

    private static boolean isGood(String text) {
        try {
            var url = new URI(text);
            return url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && ("https".equals(url.getScheme())
                            || ("http".equals(url.getScheme()) && THIS_MACHINE.contains(url.getHost())));
        } catch (URISyntaxException none) {
            return false;
        }
    }

    private List<String> frameAncestors() {
        return values.list(
                "portal.frame-ancestors",
                "an origin such as https://app.example.com",
                text -> Optional.of(text)
                        .filter(origin -> ORIGIN.matcher(origin).matches()));
    }
}
