package dev.fanfare.gateway.transport;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.EventNaming;
import dev.fanfare.gateway.protocol.Format;
import dev.fanfare.gateway.protocol.Nearest;
import dev.fanfare.gateway.session.StartPoint;
import dev.fanfare.gateway.session.Terms;
import dev.fanfare.gateway.session.Transport;
import dev.fanfare.service.http.ProblemException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a client asks for in `GET /v1/events`, the same on all transports.
///
/// @param patterns what it subscribes to at once; may be empty on a WebSocket only
/// @param transport the one it insists on
/// @param heartbeat the interval it prefers
/// @param hold how long it would have an empty long-poll held
/// @param terms how these subscriptions are to be served
public record StreamRequest(
        List<ChannelPattern> patterns,
        Optional<Transport> transport,
        Format format,
        EventNaming naming,
        StartPoint start,
        Optional<Duration> heartbeat,
        Optional<Duration> hold,
        Terms terms,
        boolean presence) {
    /// Every parameter that there is.
    public static final Set<String> PARAMETERS = Set.of(
            "channel",
            "transport",
            "format",
            "event",
            "cursor",
            "lastEventId",
            "last_event_id",
            "Last-Event-ID",
            "since",
            "last",
            "state",
            "wait",
            "heartbeat",
            "policy",
            "interval",
            "priority",
            "presence",
            "ticket",
            "access_token");

    private static final List<String> CURSOR_NAMES = List.of("cursor", "lastEventId", "last_event_id", "Last-Event-ID");
    private static final int LAST_MAX = 1000;
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,10})(ms|s|m|h|d)");
    private static final Pattern BARE_SECONDS = Pattern.compile("\\d{1,9}");

    /// Reads the parameters.
    ///
    /// @param query decoded parameters by name
    /// @param lastEventId the header `Last-Event-ID`, which goes before all parameters
    /// @param limits what the operator allows
    /// @throws ProblemException naming the parameter, its value and the fix
    public static StreamRequest parse(
            Map<String, List<String>> query, Optional<String> lastEventId, GatewaySettings.Session limits) {
        for (var name : query.keySet()) {
            if (!PARAMETERS.contains(name)) {
                throw Nearest.unknownParameter(name, PARAMETERS);
            }
        }
        var terms = new TermsReader("parameter", limits.policies());
        return new StreamRequest(
                patterns(query.getOrDefault("channel", List.of()), limits.channelsMax()),
                single(query, "transport").map(value -> constant("transport", value, Transport.class)),
                single(query, "format")
                        .map(value -> constant("format", value, Format.class))
                        .orElse(Format.DATA),
                single(query, "event")
                        .map(value -> constant("event", value, EventNaming.class))
                        .orElse(EventNaming.NONE),
                start(query, lastEventId),
                single(query, "heartbeat").map(value -> duration("heartbeat", value)),
                single(query, "wait").map(value -> duration("wait", value)),
                terms.read(name -> single(query, name), terms.standard()),
                single(query, "presence").map(value -> flag("presence", value)).orElse(false));
    }

    private static List<ChannelPattern> patterns(List<String> values, int channelsMax) {
        var patterns = new LinkedHashSet<ChannelPattern>();
        for (var value : values) {
            patterns.add(pattern(value));
        }
        if (patterns.size() > channelsMax) {
            throw new ProblemException(
                    ErrorCode.TOO_MANY_CHANNELS,
                    "%d channels are asked for, %d is the most a session may have: use patterns, or several sessions"
                            .formatted(patterns.size(), channelsMax));
        }
        return List.copyOf(patterns);
    }

    /// A channel or pattern as clients write it.
    public static ChannelPattern pattern(String value) {
        try {
            return ChannelPattern.parse(value);
        } catch (IllegalArgumentException bad) {
            throw new ProblemException(ErrorCode.INVALID_CHANNEL, String.valueOf(bad.getMessage()));
        }
    }

    private static Optional<String> single(Map<String, List<String>> query, String name) {
        var values = query.getOrDefault(name, List.of());
        if (values.size() > 1) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter '%s' is given %d times: give it once".formatted(name, values.size()));
        }
        return values.isEmpty() || values.getFirst().isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    private static <E extends Enum<E>> E constant(String name, String value, Class<E> type) {
        for (var constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
                return constant;
            }
        }
        throw invalid(
                name,
                value,
                "use one of "
                        + Arrays.stream(type.getEnumConstants())
                                .map(c -> c.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", ")));
    }

    private static StartPoint start(Map<String, List<String>> query, Optional<String> lastEventId) {
        var cursors = new ArrayList<String>();
        lastEventId.filter(id -> !id.isEmpty()).ifPresent(cursors::add);
        for (var name : CURSOR_NAMES) {
            single(query, name).ifPresent(cursors::add);
        }
        boolean state =
                single(query, "state").map(value -> flag("state", value)).orElse(false);
        var since = single(query, "since");
        if (state && (since.isPresent() || single(query, "last").isPresent())) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER, "'state' is a start of its own: leave 'since' and 'last' out");
        }
        if (!cursors.isEmpty()) {
            return new StartPoint.AtCursor(cursors.getFirst(), state);
        }
        if (state && query.getOrDefault("channel", List.of()).isEmpty()) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER, "'state' needs a channel: name one, or subscribe with 'state' later");
        }
        if (state) {
            return new StartPoint.State();
        }
        if (since.isPresent()) {
            return new StartPoint.Since(time(since.get()));
        }
        return single(query, "last").<StartPoint>map(StreamRequest::last).orElseGet(StartPoint.Live::new);
    }

    private static boolean flag(String name, String value) {
        return switch (value) {
            case "1", "true" -> true;
            case "0", "false" -> false;
            default -> throw invalid(name, value, "use 1 or 0");
        };
    }

    private static StartPoint.Last last(String value) {
        try {
            int events = Integer.parseInt(value);
            if (events >= 0 && events <= LAST_MAX) {
                return new StartPoint.Last(events);
            }
        } catch (NumberFormatException refused) {
            // as below
        }
        throw invalid("last", value, "use a number from 0 to " + LAST_MAX);
    }

    private static Instant time(String value) {
        var now = Instant.now();
        Instant time;
        try {
            // '+' in a query means a blank
            time = OffsetDateTime.parse(value.replace(' ', '+')).toInstant();
        } catch (DateTimeException noTime) {
            time = before(now, duration("since", value));
        }
        if (time.isAfter(now)) {
            throw invalid("since", value, "it lies in the future: use a time that has been");
        }
        return time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time; // nothing is older, and Kafka knows no such times
    }

    private static Instant before(Instant now, Duration ago) {
        return ago.toSeconds() > now.getEpochSecond() ? Instant.EPOCH : now.minus(ago);
    }

    private static Duration duration(String name, String value) {
        boolean ago = name.equals("since");
        return Optional.of(value)
                .filter(text -> !ago || !BARE_SECONDS.matcher(text).matches())
                .flatMap(StreamRequest::duration)
                .orElseThrow(() -> invalid(
                        name,
                        value,
                        ago
                                ? "use a time such as 2026-11-21T10:00:00Z, or how long ago: 10m or PT10M"
                                : "use seconds, or a duration such as 20s or PT20S"));
    }

    /// A duration as clients write it: `20`, `20s`, `PT20S`; empty for anything else.
    static Optional<Duration> duration(String value) {
        var match = SHORT_DURATION.matcher(value);
        try {
            if (match.matches()) {
                long amount = Long.parseLong(match.group(1));
                return Optional.of(
                        switch (match.group(2)) {
                            case "ms" -> Duration.ofMillis(amount);
                            case "s" -> Duration.ofSeconds(amount);
                            case "m" -> Duration.ofMinutes(amount);
                            case "h" -> Duration.ofHours(amount);
                            default -> Duration.ofDays(amount);
                        });
            }
            if (BARE_SECONDS.matcher(value).matches()) {
                return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
            }
            return Optional.of(Duration.parse(value)).filter(duration -> !duration.isNegative());
        } catch (DateTimeException | ArithmeticException refused) {
            return Optional.empty();
        }
    }

    private static ProblemException invalid(String name, String value, String fix) {
        var shown = value.length() > 64 ? value.substring(0, 64) + "…" : value;
        return new ProblemException(
                ErrorCode.INVALID_PARAMETER, "parameter '%s' is '%s': %s".formatted(name, shown, fix));
    }
}
