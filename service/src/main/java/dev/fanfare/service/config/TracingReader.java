package dev.fanfare.service.config;

import dev.fanfare.service.trace.TracingSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/// Reads the section `tracing`, the same in all apps.
public final class TracingReader {
    private static final int MILLION = 1_000_000;

    private final Values values;

    public TracingReader(Values values) {
        this.values = values;
    }

    public TracingSettings read() {
        var standard = TracingSettings.DEFAULT;
        var endpoint = values.text("tracing.endpoint");
        endpoint.filter(url -> !isUsable(url))
                .ifPresent(_ ->
                        // not shown: a password may be in it
                        values.problem(
                                "tracing.endpoint: is refused: it must be an http or https URL with a host, without "
                                        + "user and fragment, such as http://collector:4318/v1/traces"));
        return new TracingSettings(
                endpoint,
                values.integer("tracing.per-million", standard.perMillion(), 0, MILLION),
                values.text("tracing.headers-file"),
                values.duration(
                        "tracing.interval", standard.interval(), Duration.ofMillis(100), Duration.ofMinutes(1)));
    }

    private static boolean isUsable(String text) {
        try {
            var url = URI.create(text);
            return url.getScheme() != null
                    && url.getScheme().toLowerCase(Locale.ROOT).matches("https?")
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawFragment() == null;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }
}
