package dev.fanfare.webhook.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.service.config.Units;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.PayloadForm;
import dev.fanfare.webhook.endpoint.RetrySchedule;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Endpoints' settings as JSON: what the store keeps, and what owners write and read.
public final class SettingsCodec {
    /// The members, in the order in which they are written.
    public static final List<String> FIELDS = List.of(
            "url",
            "channels",
            "eventTypes",
            "payload",
            "retrySchedule",
            "timeout",
            "ratePerSecond",
            "concurrency",
            "ordering",
            "orderingTimeout",
            "ttl",
            "conflate",
            "signature",
            "handshake",
            "headers",
            "description",
            "enabled");

    private static final int URL_MAX = 2048;
    private static final int PATTERNS_MAX = 100;
    private static final int DESCRIPTION_MAX = 1000;
    private static final int RATE_MAX = 100_000;
    private static final int CONCURRENCY_MAX = 1000;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration TIMEOUT_MAX = Duration.ofSeconds(30);
    private static final Duration BLOCK_MAX = Duration.ofDays(7);
    private static final Duration TTL_MAX = Duration.ofDays(30);
    private static final String SYMMETRIC = "v1";
    private static final String BOTH = "v1+v1a";

    /// In ASCII, which each database keeps unchanged.
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .build())
            .build();

    private SettingsCodec() {}

    /// What the codec itself cannot judge. Asked at most once for each.
    public interface Checks {
        /// For what was stored, and checked then.
        Checks NONE = new Checks() {
            @Override
            public Optional<String> url(URI url) {
                return Optional.empty();
            }

            @Override
            public Optional<String> schedule(RetrySchedule schedule) {
                return Optional.empty();
            }

            @Override
            public void headers(Map<String, String> headers) {}
        };

        /// Looks at an address.
        ///
        /// @return why it may not be called, as a sentence that names the fix
        Optional<String> url(URI url);

        /// Looks at the beginning of a schedule.
        ///
        /// @return what is wrong with its first delay, to be read after that one's name
        Optional<String> schedule(RetrySchedule schedule);

        /// Looks at custom headers.
        ///
        /// @throws IllegalArgumentException with what is wrong, to be read after the field's name
        void headers(Map<String, String> headers);
    }

    public static ObjectNode write(EndpointSettings settings) {
        var node = JSON.createObjectNode().put("url", settings.url().toString());
        patterns(node.putArray("channels"), settings.channels());
        patterns(node.putArray("eventTypes"), settings.eventTypes());
        node.put("payload", settings.form().code());
        var schedule = node.putArray("retrySchedule");
        settings.retrySchedule().delays().forEach(delay -> schedule.add(Units.show(delay)));
        node.put("timeout", Units.show(settings.timeout()));
        settings.ratePerSecond()
                .ifPresentOrElse(rate -> node.put("ratePerSecond", rate), () -> node.putNull("ratePerSecond"));
        node.put("concurrency", settings.concurrency())
                .put("ordering", settings.ordering().code())
                .put("orderingTimeout", Units.show(settings.blockMax()))
                .put("ttl", settings.ttl().map(Units::show).orElse(null))
                .put("conflate", settings.conflate())
                .put("signature", settings.asymmetric() ? BOTH : SYMMETRIC)
                .put("handshake", settings.handshake());
        var headers = node.putObject("headers");
        new TreeMap<>(settings.headers()).forEach(headers::put);
        return node.put("description", settings.description()).put("enabled", settings.enabled());
    }

    /// Empty if there are faults, which are left with the fields. Members that are not [#FIELDS] are not looked at.
    public static Optional<EndpointSettings> read(Fields fields, Checks checks) {
        var url = url(fields, checks);
        var channels = fields.list("channels", PATTERNS_MAX, "\"orders.*\"", ChannelPattern::parse);
        if (channels.isEmpty()
                && fields.faults().stream().noneMatch(fault -> fault.field().startsWith("channels"))) {
            fields.fault("channels", "is missing or empty: name at least one channel, '**' for all");
        }
        var types = fields.list("eventTypes", PATTERNS_MAX, "\"order.*\"", ChannelPattern::parse);
        var form = fields.choice("payload", List.of(PayloadForm.values()), PayloadForm::code)
                .orElse(PayloadForm.DATA);
        var schedule = schedule(fields, checks);
        var timeout = fields.duration("timeout", SECOND, TIMEOUT_MAX).orElse(EndpointSettings.DEFAULT_TIMEOUT);
        var rate = fields.number("ratePerSecond", 1, RATE_MAX);
        int concurrency = fields.number("concurrency", 1, CONCURRENCY_MAX).orElse(EndpointSettings.DEFAULT_CONCURRENCY);
        var ordering = fields.choice("ordering", List.of(Ordering.values()), Ordering::code)
                .orElse(Ordering.NONE);
        var block = fields.duration("orderingTimeout", SECOND, BLOCK_MAX).orElse(EndpointSettings.DEFAULT_BLOCK_MAX);
        var ttl = fields.duration("ttl", SECOND, TTL_MAX);
        boolean conflate = fields.flag("conflate", false);
        boolean asymmetric = fields.choice("signature", List.of(SYMMETRIC, BOTH), one -> one)
                .filter(BOTH::equals)
                .isPresent();
        boolean handshake = fields.flag("handshake", false);
        var headers = headers(fields, checks);
        var description = fields.text("description", DESCRIPTION_MAX).orElse("");
        boolean enabled = fields.flag("enabled", true);
        return url.filter(_ -> fields.faults().isEmpty())
                .map(there -> new EndpointSettings(
                        there,
                        channels,
                        types,
                        form,
                        schedule,
                        timeout,
                        rate,
                        concurrency,
                        ordering,
                        block,
                        ttl,
                        conflate,
                        asymmetric,
                        handshake,
                        headers,
                        description,
                        enabled));
    }

    static String text(EndpointSettings settings) {
        try {
            return JSON.writeValueAsString(write(settings));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible); // it is a tree
        }
    }

    /// @throws IllegalArgumentException if [#text] has not written it, without quoting it
    static EndpointSettings of(String text) {
        try {
            if (JSON.readTree(text) instanceof ObjectNode node) {
                var fields = new Fields(node);
                return read(fields, Checks.NONE)
                        .orElseThrow(() -> new IllegalArgumentException("not an endpoint's settings: "
                                + fields.faults().getFirst().field()));
            }
            throw new IllegalArgumentException("not an endpoint's settings: no object");
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("not an endpoint's settings: no JSON");
        }
    }

    /// The URL may hold a password or a token: what is said of it leaves it out.
    private static Optional<URI> url(Fields fields, Checks checks) {
        var field = "url";
        if (!fields.has(field)) {
            fields.fault(field, "is missing: give the address that events are posted to");
            return Optional.empty();
        }
        var text = fields.text(field, URL_MAX);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            var url = new URI(text.get());
            if (url.getRawFragment() != null) {
                fields.fault(field, "has a fragment, which is never sent: leave out '#' and what follows");
                return Optional.empty();
            }
            var refusal = checks.url(url);
            refusal.ifPresent(why -> fields.fault(field, "is refused. " + why));
            return refusal.isPresent() ? Optional.empty() : Optional.of(url);
        } catch (URISyntaxException malformed) {
            fields.fault(
                    field,
                    "is malformed at character %d: give an address such as https://example.com/hook, with %%XX for what URLs do not take"
                            .formatted(Math.max(malformed.getIndex(), 0) + 1));
            return Optional.empty();
        }
    }

    private static RetrySchedule schedule(Fields fields, Checks checks) {
        var field = "retrySchedule";
        int before = fields.faults().size();
        var delays = fields.list(
                field,
                RetrySchedule.ATTEMPTS_MAX,
                "\"5s\"",
                text -> Units.duration(text)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "%s is no duration: write '5s', '5m' or 'PT1H'".formatted(Fields.quoted(text)))));
        if (!fields.has(field) || fields.faults().size() > before) {
            return RetrySchedule.STANDARD;
        }
        try {
            var schedule = new RetrySchedule(delays);
            checks.schedule(schedule).ifPresent(why -> fields.fault(field + "[0]", why));
            return schedule;
        } catch (IllegalArgumentException bad) {
            fields.fault(field, String.valueOf(bad.getMessage()));
            return RetrySchedule.STANDARD;
        }
    }

    private static Map<String, String> headers(Fields fields, Checks checks) {
        var headers = fields.texts("headers");
        try {
            checks.headers(headers);
        } catch (IllegalArgumentException bad) {
            fields.fault("headers", String.valueOf(bad.getMessage()));
        }
        return headers;
    }

    private static void patterns(ArrayNode array, List<ChannelPattern> patterns) {
        patterns.forEach(pattern -> array.add(pattern.text()));
    }
}
