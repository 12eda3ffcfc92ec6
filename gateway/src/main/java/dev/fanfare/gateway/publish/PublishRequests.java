package dev.fanfare.gateway.publish;

import dev.fanfare.events.ChannelName;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.Nearest;
import dev.fanfare.service.http.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads what is to be published: CloudEvents over HTTP (binary, structured, batch) and, in the short form, any body.
/// All or nothing: one bad event of a batch is the answer to the whole.
///
/// A CloudEvent becomes a record in the binary mode of CloudEvents' Kafka binding, with its data's bytes unchanged;
/// anything else a plain record with its `content-type`. An event without data has an empty value: a tombstone is not
/// what somebody means who forgot the body.
public final class PublishRequests {
    private static final String CHANNEL = "channel";
    private static final Set<String> PARAMETERS = Set.of(CHANNEL);
    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final Pattern CHARSET =
            Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);

    /// W3C Trace Context §3.2; what does not look like it must not be passed on.
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

    private final Publish settings;

    public PublishRequests(Publish settings) {
        this.settings = settings;
    }

    /// What the request wants written, in its order.
    ///
    /// @throws ProblemException names the parameter, header or attribute, its value and the fix
    public List<Outgoing> read(PublishRequest request) {
        var channel = channel(request);
        var type = request.header("content-type").orElse(null);
        var essence = essence(type);
        if (essence.equals(STRUCTURED)) {
            checkCharset(type);
            return List.of(outgoing(CloudEventJson.event(request.body()), channel, request));
        }
        if (essence.equals(BATCH)) {
            checkCharset(type);
            return batch(request, channel);
        }
        if (essence.startsWith("application/cloudevents")) {
            throw new ProblemException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Content-Type '%s' is not known: use %s or %s".formatted(essence, STRUCTURED, BATCH));
        }
        if (CloudEventHeaders.isIn(request)) {
            return List.of(outgoing(CloudEventHeaders.read(request), channel, request));
        }
        if (channel == null) {
            throw new ProblemException(
                    ErrorCode.NO_KEY,
                    "the request has neither '?channel=' nor ce- headers: name a channel, or send a CloudEvent");
        }
        return List.of(new Outgoing(channel, request.body(), plainHeaders(type, request), null, null));
    }

    private static @Nullable String channel(PublishRequest request) {
        for (var name : request.query().keySet()) {
            if (!PARAMETERS.contains(name)) {
                throw Nearest.unknownParameter(name, PARAMETERS);
            }
        }
        var given = request.query().get(CHANNEL);
        if (given == null) {
            return null;
        }
        if (given.size() != 1) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter 'channel' has %d values: publish to one channel".formatted(given.size()));
        }
        try {
            return ChannelName.of(given.getFirst()).value();
        } catch (IllegalArgumentException bad) {
            throw new ProblemException(ErrorCode.INVALID_CHANNEL, String.valueOf(bad.getMessage()));
        }
    }

    private List<Outgoing> batch(PublishRequest request, @Nullable String channel) {
        var events =
                CloudEventJson.batch(request.body(), settings.batchMax(), count -> Publisher.tooMany(settings, count));
        var outgoing = new ArrayList<Outgoing>(events.size());
        for (var event : events) {
            try {
                outgoing.add(outgoing(event, channel, request));
            } catch (ProblemException bad) {
                throw new ProblemException(
                        bad.code(), "event %d of the batch: %s".formatted(outgoing.size() + 1, bad.detail()));
            }
        }
        return outgoing;
    }

    private static Outgoing outgoing(CloudEvent event, @Nullable String channel, PublishRequest request) {
        var attributes = event.attributes();
        var key = Optional.ofNullable(channel)
                .or(() -> Optional.ofNullable(attributes.get("partitionkey")))
                .or(() -> Optional.ofNullable(attributes.get("subject")))
                .orElseThrow(() -> new ProblemException(
                        ErrorCode.NO_KEY,
                        "the event %s has no key: add '?channel=', or the attribute 'partitionkey' or 'subject'"
                                .formatted(CloudEvent.quoted(attributes.getOrDefault("id", "")))));
        var headers = new ArrayList<Outgoing.Header>(attributes.size() + 2);
        attributes.forEach((name, value) -> headers.add(
                name.equals(CloudEvent.CONTENT_TYPE)
                        ? new Outgoing.Header("content-type", value)
                        : new Outgoing.Header("ce_" + name, value)));
        if (!attributes.containsKey("traceparent")) {
            headers.addAll(trace(request));
        }
        return new Outgoing(key, event.data(), headers, attributes.get("id"), attributes.get("source"));
    }

    private static List<Outgoing.Header> plainHeaders(@Nullable String type, PublishRequest request) {
        var headers = new ArrayList<Outgoing.Header>();
        if (type != null) {
            headers.add(new Outgoing.Header("content-type", type));
        }
        headers.addAll(trace(request));
        return headers;
    }

    /// `traceparent` and `tracestate` of the request itself, if they are good.
    static List<Outgoing.Header> trace(PublishRequest request) {
        var parent = request.headers().getOrDefault("traceparent", List.of());
        if (parent.size() != 1 || !TRACEPARENT.matcher(parent.getFirst()).matches()) {
            return List.of();
        }
        var headers = new ArrayList<Outgoing.Header>();
        headers.add(new Outgoing.Header("traceparent", parent.getFirst()));
        var state = request.headers().getOrDefault("tracestate", List.of());
        if (!state.isEmpty()) {
            headers.add(new Outgoing.Header("tracestate", String.join(",", state)));
        }
        return headers;
    }

    private static void checkCharset(@Nullable String type) {
        var charset = CHARSET.matcher(type == null ? "" : type);
        if (charset.find() && !charset.group(1).equalsIgnoreCase("utf-8")) {
            throw new ProblemException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "charset '%s' is not known for JSON: send UTF-8".formatted(charset.group(1)));
        }
    }

    private static String essence(@Nullable String type) {
        if (type == null) {
            return "";
        }
        var end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }
}
