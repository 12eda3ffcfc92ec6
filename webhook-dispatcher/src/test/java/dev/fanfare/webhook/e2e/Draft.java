package dev.fanfare.webhook.e2e;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.Ordering;
import dev.fanfare.webhook.endpoint.RetrySchedule;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What a test wants of an endpoint, with defaults for the rest.
record Draft(
        List<Duration> schedule,
        Duration timeout,
        int concurrency,
        Ordering ordering,
        Optional<Duration> ttl,
        boolean conflate,
        String channels) {

    /// One attempt, and then so many after that wait each.
    static Draft retrying(int times, Duration wait) {
        var delays = new java.util.ArrayList<>(List.of(Duration.ZERO));
        delays.addAll(Collections.nCopies(times, wait));
        return new Draft(delays, Duration.ofSeconds(3), 8, Ordering.NONE, Optional.empty(), false, "orders.**");
    }

    /// So many more attempts that wait longer each.
    Draft then(int times, Duration wait) {
        var delays = new java.util.ArrayList<>(schedule);
        delays.addAll(Collections.nCopies(times, wait));
        return new Draft(delays, timeout, concurrency, ordering, ttl, conflate, channels);
    }

    Draft timeout(Duration of) {
        return new Draft(schedule, of, concurrency, ordering, ttl, conflate, channels);
    }

    Draft concurrency(int calls) {
        return new Draft(schedule, timeout, calls, ordering, ttl, conflate, channels);
    }

    Draft byKey() {
        return new Draft(schedule, timeout, concurrency, Ordering.KEY, ttl, conflate, channels);
    }

    Draft ttl(Duration of) {
        return new Draft(schedule, timeout, concurrency, ordering, Optional.of(of), conflate, channels);
    }

    Draft conflating() {
        return new Draft(schedule, timeout, concurrency, ordering, ttl, true, channels);
    }

    /// Of the events of one key only.
    Draft only(String key) {
        return new Draft(schedule, timeout, concurrency, ordering, ttl, conflate, "orders." + key);
    }

    EndpointSettings at(URI url) {
        var standard = EndpointSettings.of(url, List.of(ChannelPattern.parse(channels)));
        return new EndpointSettings(
                url,
                standard.channels(),
                standard.eventTypes(),
                standard.form(),
                new RetrySchedule(schedule),
                timeout,
                standard.ratePerSecond(),
                concurrency,
                ordering,
                standard.blockMax(),
                ttl,
                conflate,
                standard.asymmetric(),
                standard.handshake(),
                standard.headers(),
                standard.description(),
                standard.enabled());
    }

    /// For [TestDispatcher#endpoint].
    UnaryOperator<EndpointSettings> settings() {
        return standard -> at(standard.url());
    }
}
