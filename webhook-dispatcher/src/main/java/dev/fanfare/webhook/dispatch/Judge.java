package dev.fanfare.webhook.dispatch;

import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Effect;
import dev.fanfare.webhook.journal.OperationalEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The outcome rules. Thread-safe.
///
/// What it says of an endpoint reaches the registry a little later; until then it remembers what it has said, so that
/// each turn is told once. People are told of a failing period once, at the first delivery that fails for the fourth
/// time in it, and of its end only if they were told of it.
///
/// What it remembers is this node's, in memory: with several nodes, or after a restart, people may be told of the same
/// period again, and are not told of its end by a node that has not told them of it.
final class Judge {
    /// The failed attempt of one delivery at which people are told.
    private static final int TELL_AT = 4;

    private final RetryPolicy retries;
    private final Duration disableAfter;
    private final Map<EndpointId, Said> saidFailing = new ConcurrentHashMap<>();
    private final Map<EndpointId, Instant> saidRecovered = new ConcurrentHashMap<>();
    private final Map<EndpointId, Instant> toldFailing = new ConcurrentHashMap<>();
    private final Map<EndpointId, Instant> saidDisabled = new ConcurrentHashMap<>();

    /// @param seen when the endpoint had last been changed, as far as was known
    private record Said(Instant since, Instant seen) {}

    /// @param disableAfter an endpoint with nothing but failures for so long is disabled
    Judge(RetryPolicy retries, Duration disableAfter) {
        this.retries = retries;
        this.disableAfter = disableAfter;
    }

    Verdict judge(Attempt attempt, Endpoint endpoint, Instant now) {
        var result = attempt.result();
        return switch (result.reason()) {
            case DELIVERED -> delivered(endpoint, now);
            case ABORTED_BY_RECEIVER ->
                new Verdict(new Disposition.Ended(Reason.ABORTED_BY_RECEIVER, false), List.of(), List.of());
            case GONE, DISABLED_BY_RECEIVER -> {
                var effects = new ArrayList<Effect>();
                var news = new ArrayList<OperationalEvent>();
                disable(endpoint, result.reason().code(), now, effects, news);
                // a receiver that took the event and wants no more has it
                boolean taken = result.status() >= 200 && result.status() < 300;
                yield new Verdict(
                        taken ? new Disposition.Delivered() : new Disposition.Ended(result.reason(), true),
                        effects,
                        news);
            }
            default -> failed(attempt, endpoint, now);
        };
    }

    private Verdict delivered(Endpoint endpoint, Instant now) {
        saidFailing.remove(endpoint.id());
        var since = endpoint.failingSince();
        if (since.isEmpty() || since.get().equals(saidRecovered.put(endpoint.id(), since.get()))) {
            return new Verdict(new Disposition.Delivered(), List.of(), List.of());
        }
        var told = toldFailing.get(endpoint.id());
        var news = told == null || since.get().isAfter(told)
                ? List.<OperationalEvent>of()
                : List.of(news(
                        "endpoint.recovered",
                        endpoint,
                        now,
                        Map.of("failingSince", since.get().toString())));
        return new Verdict(new Disposition.Delivered(), List.of(new Effect.Recovered(endpoint.id())), news);
    }

    private Verdict failed(Attempt attempt, Endpoint endpoint, Instant now) {
        var result = attempt.result();
        var effects = new ArrayList<Effect>();
        var news = new ArrayList<OperationalEvent>();
        // as precise as the store is, so that the registry's is the same
        var since = endpoint.failingSince().orElseGet(() -> attempt.at().truncatedTo(ChronoUnit.MICROS));
        var period = since;
        if (endpoint.failingSince().isEmpty()) {
            var saying = new Said(since, endpoint.updatedAt());
            // said, and not in the registry after a change: another node has seen it recover
            var said = saidFailing.merge(endpoint.id(), saying, (old, it) -> old.seen.equals(it.seen) ? old : it);
            if (said.since.equals(since)) {
                saidRecovered.remove(endpoint.id());
                effects.add(new Effect.Failing(endpoint.id(), since));
            }
            period = said.since;
        }
        result.retryAfter()
                .ifPresent(wait -> effects.add(new Effect.Pause(endpoint.id(), endpoint.version(), now.plus(wait))));
        if (attempt.number() == TELL_AT && isNews(endpoint.id(), period)) {
            news.add(news(
                    "endpoint.failing",
                    endpoint,
                    now,
                    Map.of(
                            "delivery", attempt.delivery().toString(),
                            "reason", result.reason().code(),
                            "status", Integer.toString(result.status()),
                            "failingSince", period.toString())));
        }
        if (Duration.between(since, now).compareTo(disableAfter) > 0) {
            disable(endpoint, "failing", now, effects, news);
        }
        var wait = retries.after(attempt.number(), result, endpoint.settings().retrySchedule());
        if (wait.isPresent()) {
            return new Verdict(
                    new Disposition.Parked(ParkReason.RETRY, now.plus(wait.get()), attempt.number() + 1),
                    effects,
                    news);
        }
        news.add(news(
                "delivery.exhausted",
                endpoint,
                now,
                Map.of(
                        "delivery", attempt.delivery().toString(),
                        "attempts", Integer.toString(attempt.number()),
                        "reason", result.reason().code(),
                        "status", Integer.toString(result.status()))));
        return new Verdict(new Disposition.Ended(Reason.EXHAUSTED, true), effects, news);
    }

    /// Whether people have not been told of this period yet: from now on they have.
    private boolean isNews(EndpointId endpoint, Instant period) {
        var told = toldFailing.putIfAbsent(endpoint, period);
        // a call that began before the endpoint recovered may end in the next period
        return told == null || (period.isAfter(told) && toldFailing.replace(endpoint, told, period));
    }

    private void disable(
            Endpoint endpoint, String reason, Instant now, List<Effect> effects, List<OperationalEvent> news) {
        effects.add(new Effect.Disable(endpoint.id(), endpoint.version(), reason));
        // the same until somebody changes the endpoint
        if (!endpoint.updatedAt().equals(saidDisabled.put(endpoint.id(), endpoint.updatedAt()))) {
            news.add(news("endpoint.disabled", endpoint, now, Map.of("reason", reason)));
        }
    }

    private static OperationalEvent news(String type, Endpoint endpoint, Instant now, Map<String, String> data) {
        var all = new java.util.HashMap<>(data);
        all.put("endpoint", endpoint.id().value());
        all.put("tenant", endpoint.tenant());
        return new OperationalEvent(type, endpoint.id().value(), now, all);
    }

    /// Forgets what it has said of an endpoint that is no more.
    void forget(EndpointId endpoint) {
        saidFailing.remove(endpoint);
        saidRecovered.remove(endpoint);
        toldFailing.remove(endpoint);
        saidDisabled.remove(endpoint);
    }
}
