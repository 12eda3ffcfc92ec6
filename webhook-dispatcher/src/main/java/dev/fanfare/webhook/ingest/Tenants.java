package dev.fanfare.webhook.ingest;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.Event;
import dev.fanfare.webhook.delivery.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// Whose an event is, by a template: `{ce.NAME}`, `{header.NAME}` or `{channel.N}`, the Nth token from 1 of the event's
/// first channel. An event without it is the default tenant's. Immutable.
public final class Tenants {
    // no attribute that says nothing of whose the event is
    private static final Pattern SHAPE =
            Pattern.compile("\\{(?:ce\\.(?!(?:id|time|specversion|datacontenttype|dataschema)})([a-z0-9]{1,64})"
                    + "|header\\.([^{}]{1,128})|channel\\.([1-9]\\d?))}");

    /// What a tenant's name may be: it stands in URLs and logs.
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._~:@-]{1,128}");

    private final @Nullable String attribute;
    private final @Nullable String header;
    private final int token;

    private Tenants(@Nullable String attribute, @Nullable String header, int token) {
        this.attribute = attribute;
        this.header = header;
        this.token = token;
    }

    /// Reads a template.
    ///
    /// @throws IllegalArgumentException with a sentence that names the fix
    public static Tenants parse(String template) {
        var parts = SHAPE.matcher(template);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "it must be {ce.NAME} (such as {ce.tenantid}), {header.NAME} or {channel.N} (N from 1)");
        }
        return new Tenants(
                parts.group(1), parts.group(2), parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3)));
    }

    /// Whether a tenant can have this name.
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /// The tenant of an event. One that no endpoint can have, since it is no name, is nobody's.
    ///
    /// @param channels at least one
    String of(Event event, Headers headers, List<ChannelName> channels) {
        var found = find(event, headers, channels);
        return found == null || found.isEmpty() ? Message.DEFAULT_TENANT : found;
    }

    private @Nullable String find(Event event, Headers headers, List<ChannelName> channels) {
        if (attribute != null) {
            return switch (attribute) {
                case "source" -> event.source();
                case "type" -> event.type();
                case "subject" -> event.subject();
                default -> event.extensions().get(attribute);
            };
        }
        if (header != null) {
            var last = headers.lastHeader(header);
            return last == null || last.value() == null ? null : new String(last.value(), StandardCharsets.UTF_8);
        }
        var first = channels.getFirst();
        return token <= first.tokens() ? first.token(token - 1) : null;
    }
}
