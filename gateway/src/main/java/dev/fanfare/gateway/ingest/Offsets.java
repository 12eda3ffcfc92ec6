package dev.fanfare.gateway.ingest;

import dev.fanfare.gateway.channel.HistoryUnavailableException;
import dev.fanfare.service.kafka.KafkaClients;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicIdException;

/// Asks Kafka where partitions begin and end, as a reader of committed records sees it, and which topics are no more.
/// Thread-safe; each call is one
/// round trip and fails after a few seconds.
final class Offsets implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 4000;
    private final Admin admin;

    Offsets(KafkaClients clients) {
        admin = clients.admin("fanfare-offsets", TIMEOUT_MILLIS);
    }

    Map<TopicPartition, Long> starts(Collection<TopicPartition> partitions)
            throws HistoryUnavailableException, InterruptedException {
        return ask(partitions, _ -> OffsetSpec.earliest());
    }

    /// Last stable offsets.
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions)
            throws HistoryUnavailableException, InterruptedException {
        return ask(partitions, _ -> OffsetSpec.latest());
    }

    /// Offsets of the first records at or after a time; -1 where there are none.
    Map<TopicPartition, Long> at(Collection<TopicPartition> partitions, long timeMillis)
            throws HistoryUnavailableException, InterruptedException {
        return ask(partitions, _ -> OffsetSpec.forTimestamp(timeMillis));
    }

    /// Whether Kafka keeps the newest record of each key of a topic; false too if it does not tell us.
    boolean isCompacted(String topic) throws HistoryUnavailableException, InterruptedException {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            var policy = Objects.requireNonNull(
                            admin.describeConfigs(List.of(resource)).all().get().get(resource))
                    .get(TopicConfig.CLEANUP_POLICY_CONFIG);
            return policy != null && String.valueOf(policy.value()).contains(TopicConfig.CLEANUP_POLICY_COMPACT);
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof AuthorizationException) {
                return false;
            }
            throw new HistoryUnavailableException("Kafka did not tell how a topic is cleaned up", failure.getCause());
        }
    }

    /// Whether a topic is still there: another one of the same name has another id.
    boolean exists(Uuid topic) throws HistoryUnavailableException, InterruptedException {
        try {
            admin.describeTopics(TopicCollection.ofTopicIds(List.of(topic)))
                    .allTopicIds()
                    .get();
            return true;
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof UnknownTopicIdException) {
                return false;
            }
            throw new HistoryUnavailableException("Kafka did not tell whether a topic exists", failure.getCause());
        }
    }

    private Map<TopicPartition, Long> ask(
            Collection<TopicPartition> partitions, Function<TopicPartition, OffsetSpec> spec)
            throws HistoryUnavailableException, InterruptedException {
        if (partitions.isEmpty()) {
            return Map.of();
        }
        var question = new HashMap<TopicPartition, OffsetSpec>();
        partitions.forEach(p -> question.put(p, spec.apply(p)));
        try {
            var answer = new HashMap<TopicPartition, Long>();
            admin.listOffsets(question, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get()
                    .forEach((partition, info) -> answer.put(partition, info.offset()));
            return answer;
        } catch (ExecutionException failure) {
            throw new HistoryUnavailableException("Kafka did not tell its offsets", failure.getCause());
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
