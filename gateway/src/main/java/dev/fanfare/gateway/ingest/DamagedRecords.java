package dev.fanfare.gateway.ingest;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordDeserializationException;

/// Finds out whether Kafka's consumer refuses to read past a damaged batch. Kafka 4.3 throws a plain [KafkaException]
/// then, which names the partition in its message only (`CompletedFetch`).
final class DamagedRecords {
    private static final Pattern PLACE =
            Pattern.compile("(?:Record batch for partition|Record for partition|next record from) (\\S+)-(\\d+)\\b");

    private DamagedRecords() {}

    /// The partition at whose position the damage is; none if the failure is another.
    static Optional<TopicPartition> partition(KafkaException failure) {
        if (failure instanceof RecordDeserializationException named) {
            return Optional.of(named.topicPartition());
        }
        var place = PLACE.matcher(String.valueOf(failure.getMessage()));
        return place.find()
                ? Optional.of(new TopicPartition(place.group(1), Integer.parseInt(place.group(2))))
                : Optional.empty();
    }
}
