package dev.fanfare.gateway.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.ingest.TopicWatch.Found;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ForwardingAdmin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TopicWatchTest {
    private static final Duration EVERY = Duration.ofMillis(100);

    private final LocalBroker broker = LocalBroker.get();
    private final String known = broker.newTopic("known", 1);
    private final String doubtful = broker.newTopic("doubtful", 2);

    /// Asks a real broker, whose first answers leave out a topic.
    private static final class Forgetful extends ForwardingAdmin {
        private final String topic;
        private final AtomicInteger answers;

        Forgetful(LocalBroker broker, String topic, int answers) {
            super(Map.of("bootstrap.servers", broker.bootstrapServers()));
            this.topic = topic;
            this.answers = new AtomicInteger(answers);
        }

        @Override
        public DescribeTopicsResult describeTopics(TopicCollection topics, DescribeTopicsOptions options) {
            var values = new HashMap<>(super.describeTopics(topics, options).topicNameValues());
            if (answers.getAndDecrement() > 0) {
                var unknown = new KafkaFutureImpl<TopicDescription>();
                unknown.completeExceptionally(new UnknownTopicOrPartitionException());
                values.put(topic, unknown);
            }
            return new Answer(values);
        }
    }

    private static final class Answer extends DescribeTopicsResult {
        Answer(Map<String, KafkaFuture<TopicDescription>> values) {
            super(null, values);
        }
    }

    private TopicWatch watch(int answersWithout, String... topics) {
        return new TopicWatch(new Forgetful(broker, doubtful, answersWithout), List.of(topics), EVERY);
    }

    private static Map<String, Found> news(TopicWatch watch) {
        var news = new AtomicReference<@Nullable Map<String, Found>>();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(
                        () -> { // before the next answer
                            news.set(watch.takeNews());
                            return news.get() != null;
                        });
        return Objects.requireNonNull(news.get());
    }

    @Test
    void waitsAtStartForATopicThatTheBrokerDoesNotKnowForAMoment() {
        try (var watch = watch(2, known, doubtful)) {
            var first = news(watch);
            assertThat(first).containsOnlyKeys(known, doubtful);
            assertThat(first.get(doubtful)).extracting(Found::partitions).isEqualTo(2);
        }
    }

    @Test
    void believesThatATopicIsMissingWhenToldSoAgainAndAgainAndFindsItLater() {
        try (var watch = watch(10, known, doubtful)) {
            assertThat(news(watch)).containsOnlyKeys(known);
            await().untilAsserted(() -> assertThat(news(watch)).containsOnlyKeys(known, doubtful));
        }
    }
}
