package dev.fanfare.webhook.endpoint;

import dev.fanfare.events.ChannelPattern;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What an endpoint's owner writes. Ranges are checked where it is read, so that a problem names the field.
///
/// @param channels the event must be on a channel that one of them matches; at least one
/// @param eventTypes the event's type must match one of them, in the language of channel patterns; none: any type
/// @param timeout of a call as a whole, 1 to 30 s
/// @param ratePerSecond calls a second at most, over all nodes
/// @param concurrency calls at a time at most, on each node
/// @param blockMax how long an event that fails may hold up later ones of its key, if `ordering` is by key
/// @param ttl parked deliveries of events older than this expire
/// @param conflate whether of parked deliveries with the same key only the latest is kept
/// @param asymmetric whether requests carry a `v1a` signature (Ed25519) too
/// @param handshake whether the receiver is asked for its permission first (CloudEvents webhooks §4)
/// @param headers added to each request
/// @param enabled whether the owner wants events
public record EndpointSettings(
        URI url,
        List<ChannelPattern> channels,
        List<ChannelPattern> eventTypes,
        PayloadForm form,
        RetrySchedule retrySchedule,
        Duration timeout,
        OptionalInt ratePerSecond,
        int concurrency,
        Ordering ordering,
        Duration blockMax,
        Optional<Duration> ttl,
        boolean conflate,
        boolean asymmetric,
        boolean handshake,
        Map<String, String> headers,
        String description,
        boolean enabled) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);
    public static final int DEFAULT_CONCURRENCY = 8;
    public static final Duration DEFAULT_BLOCK_MAX = Duration.ofHours(1);

    public EndpointSettings {
        channels = List.copyOf(channels);
        eventTypes = List.copyOf(eventTypes);
        headers = Map.copyOf(headers);
    }

    /// With defaults for everything but these.
    public static EndpointSettings of(URI url, List<ChannelPattern> channels) {
        return new EndpointSettings(
                url,
                channels,
                List.of(),
                PayloadForm.DATA,
                RetrySchedule.STANDARD,
                DEFAULT_TIMEOUT,
                OptionalInt.empty(),
                DEFAULT_CONCURRENCY,
                Ordering.NONE,
                DEFAULT_BLOCK_MAX,
                Optional.empty(),
                false,
                false,
                false,
                Map.of(),
                "",
                true);
    }

    /// Headers may hold a password for the receiver: only their names are shown.
    @Override
    public String toString() {
        return "EndpointSettings[url=%s, channels=%s, eventTypes=%s, form=%s, headers=%s, enabled=%s]"
                .formatted(url, channels, eventTypes, form, headers.keySet(), enabled);
    }
}
