package dev.fanfare.webhook.replay;

import dev.fanfare.service.http.FieldProblem;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.api.ApiCode;
import dev.fanfare.webhook.api.Replays.Range;
import dev.fanfare.webhook.api.Replays.Request;
import dev.fanfare.webhook.replay.Progress.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/// From what is asked for to the offsets that are read. Times hold by place, as a consumer that is reset to a time
/// holds them: from the first record of that time or later on. Any thread; blocks for seconds at most.
final class Planner {
    private final Kafka kafka;
    private final Set<String> topics;
    private final Duration attemptsKept;

    /// @param topics that have routing rules
    /// @param attemptsKept how long it is on record what was delivered
    Planner(Kafka kafka, Set<String> topics, Duration attemptsKept) {
        this.kafka = kafka;
        this.topics = topics;
        this.attemptsKept = attemptsKept;
    }

    /// @throws ProblemException with 422 for what cannot be replayed
    /// @throws org.apache.kafka.common.KafkaException if Kafka does not answer
    Progress plan(Request request, Instant now) {
        var oldest = request.missingOnly() ? Optional.of(now.minus(attemptsKept)) : Optional.<Instant>empty();
        return switch (request.range()) {
            case Range.Times times -> byTime(times, oldest);
            case Range.Offsets offsets -> byOffset(offsets, oldest);
        };
    }

    private Progress byTime(Range.Times range, Optional<Instant> oldest) {
        if (oldest.isPresent() && range.since().isBefore(oldest.get())) {
            throw refused(
                    "since",
                    "is %s, but what was delivered is on record since %s only: give that or later, or missingOnly false"
                            .formatted(range.since(), oldest.get()));
        }
        var described = kafka.describe(topics);
        var parts = new ArrayList<Part>();
        var notes = new ArrayList<String>();
        topics.stream()
                .filter(topic -> !described.containsKey(topic))
                .forEach(topic -> notes.add("The topic %s is not in Kafka.".formatted(topic)));
        try (var reader = kafka.open(1)) {
            var consumer = reader.consumer();
            for (var topic : described.values()) {
                var places = places(topic);
                var first = consumer.beginningOffsets(places);
                var heads = consumer.endOffsets(places);
                var begins = at(consumer, places, range.since());
                var ends =
                        range.until().map(until -> at(consumer, places, until)).orElse(Map.of());
                for (var place : places) {
                    long head = heads.getOrDefault(place, 0L);
                    long kept = first.getOrDefault(place, 0L);
                    long begin = Math.min(head, begins.getOrDefault(place, head));
                    long end = Math.max(begin, Math.min(head, ends.getOrDefault(place, head)));
                    if (begin == kept && kept > 0) {
                        notes.add("Offsets before %d of %s/%d are no longer in Kafka."
                                .formatted(kept, place.topic(), place.partition()));
                    }
                    parts.add(new Part(topic.name(), topic.topicId(), place.partition(), begin, end));
                }
            }
        }
        return new Progress(parts, notes);
    }

    private Progress byOffset(Range.Offsets range, Optional<Instant> oldest) {
        if (!topics.contains(range.topic())) {
            throw refused(
                    "topic", "is '%s', which no routing rule has: give one of %s".formatted(range.topic(), topics));
        }
        var topic = kafka.describe(Set.of(range.topic())).get(range.topic());
        if (topic == null) {
            throw refused("topic", "is '%s', which Kafka does not have: create it first".formatted(range.topic()));
        }
        var parts = new ArrayList<Part>();
        try (var reader = kafka.open(1)) {
            var consumer = reader.consumer();
            var places = places(topic);
            var first = consumer.beginningOffsets(places);
            var heads = consumer.endOffsets(places);
            var recorded = oldest.map(time -> at(consumer, places, time)).orElse(Map.of());
            range.from().forEach((partition, offset) -> {
                var place = new TopicPartition(topic.name(), partition);
                var field = "offsets.%d".formatted(partition);
                if (!heads.containsKey(place)) {
                    throw refused(field, "is no partition of the topic: it has %d, from 0".formatted(places.size()));
                }
                long head = heads.getOrDefault(place, 0L);
                if (offset > head) {
                    throw refused(field, "is %d, which is not written yet: give %d or less".formatted(offset, head));
                }
                long kept = Math.max(offset, first.getOrDefault(place, 0L));
                long since = oldest.isPresent() ? recorded.getOrDefault(place, head) : kept;
                if (kept < since) {
                    throw refused(
                            field,
                            "is %d, but what was delivered is on record from %d on only: give that, or missingOnly false"
                                    .formatted(offset, since));
                }
                parts.add(new Part(topic.name(), topic.topicId(), partition, offset, head));
            });
        }
        return new Progress(parts, List.of());
    }

    private static List<TopicPartition> places(TopicDescription topic) {
        return topic.partitions().stream()
                .map(one -> new TopicPartition(topic.name(), one.partition()))
                .toList();
    }

    /// The first offsets of that time or later; nothing for a partition that has none.
    private static Map<TopicPartition, Long> at(
            Consumer<byte[], byte[]> consumer, List<TopicPartition> places, Instant time) {
        var asked = new HashMap<TopicPartition, Long>();
        places.forEach(place -> asked.put(place, Math.max(0, time.toEpochMilli())));
        var found = new HashMap<TopicPartition, Long>();
        consumer.offsetsForTimes(asked).forEach((place, at) -> {
            if (at != null) {
                found.put(place, at.offset());
            }
        });
        return found;
    }

    private static ProblemException refused(String field, String fault) {
        var detail = "'%s' %s".formatted(field, fault);
        return new ProblemException(ApiCode.INVALID_FIELD, detail, List.of(new FieldProblem(field, detail)));
    }
}
