package dev.fanfare.webhook.replay;

import dev.fanfare.service.http.ProblemException;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.webhook.api.ApiCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Kafka, as it is asked once in a while: what topics there are, and consumers without a group. Any thread; each call
/// ends within seconds, with a `KafkaException` if Kafka does not answer.
final class Kafka implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 5000;
    private static final int FETCH_BYTES = 1 << 20;
    private static final CloseOptions CLOSE = CloseOptions.timeout(Duration.ofSeconds(1));

    private final KafkaClients clients;
    private final Admin admin;

    /// A consumer of the thread that has opened it.
    record Reader(Consumer<byte[], byte[]> consumer) implements AutoCloseable {
        @Override
        public void close() {
            consumer.close(CLOSE);
        }
    }

    Kafka(KafkaClients clients) {
        this.clients = clients;
        this.admin = clients.admin("fanfare-webhooks-replay-topics", TIMEOUT_MILLIS);
    }

    /// Those that there are.
    Map<String, TopicDescription> describe(Set<String> topics) {
        var found = new HashMap<String, TopicDescription>();
        for (var asked : admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                found.put(asked.getKey(), asked.getValue().get());
            } catch (ExecutionException failure) {
                if (!(failure.getCause() instanceof UnknownTopicOrPartitionException)
                        && !(failure.getCause() instanceof InvalidTopicException)) {
                    throw new KafkaException("Kafka does not say what the topics are", failure.getCause());
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new KafkaException("interrupted", stop);
            }
        }
        return found;
    }

    /// @param recordsMax that a poll returns
    Reader open(int recordsMax) {
        return new Reader(clients.consumer(
                "fanfare-webhooks-replay",
                Map.of(
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        recordsMax,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        TIMEOUT_MILLIS,
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        TIMEOUT_MILLIS,
                        ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                        FETCH_BYTES,
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                        FETCH_BYTES)));
    }

    /// For a request that has waited in vain.
    static ProblemException away() {
        return new ProblemException(
                ApiCode.KAFKA_AWAY,
                "Kafka does not answer, nothing has changed: try again",
                Map.of("Retry-After", "5"));
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(1));
    }
}
