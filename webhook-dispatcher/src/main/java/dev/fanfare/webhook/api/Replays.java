package dev.fanfare.webhook.api;

import dev.fanfare.webhook.endpoint.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads a part of Kafka once more for one endpoint, and parks what it wants. Any thread.
public interface Replays {
    /// Where to begin and end.
    sealed interface Range {
        /// By time: events from `since` until before `until`, or until the head as it is now.
        record Times(Instant since, Optional<Instant> until) implements Range {}

        /// By offset: from there on until the head as it is now.
        ///
        /// @param from by partition
        record Offsets(String topic, Map<Integer, Long> from) implements Range {}
    }

    /// What is asked for.
    ///
    /// @param missingOnly whether what was delivered before is left out
    /// @param dryRun whether events are only counted
    /// @param ratePerSecond events that are parked a second, at most
    record Request(Range range, boolean missingOnly, boolean dryRun, OptionalInt ratePerSecond) {}

    /// How far one has come.
    ///
    /// @param state `running`, `done`, `cancelled`, `failed`
    /// @param detail a sentence for people, if there is something to say
    /// @param matched events that the endpoint wants
    /// @param queued those that were parked
    record Status(
            String id,
            String state,
            String detail,
            Request request,
            long matched,
            long queued,
            Instant createdAt,
            Instant updatedAt) {}

    /// Begins one, and returns.
    ///
    /// @param id of the replay, chosen by the caller: the same again begins nothing new
    Status start(String id, Endpoint endpoint, Request request);

    /// The latest ones of an endpoint, the youngest first.
    List<Status> list(Endpoint endpoint, int limit);

    Optional<Status> find(Endpoint endpoint, String id);

    /// Ends one; nothing if it has ended. What is parked by then stays.
    Optional<Status> cancel(Endpoint endpoint, String id);
}
