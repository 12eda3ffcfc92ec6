package dev.fanfare.gateway.ingest;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// Asks Kafka every so often which of the configured topics exist, with how many partitions and which id: a consumer
/// with assigned partitions is never told. Its thread only asks; the feed takes what it has found.
///
/// What exists when the gateway starts is read from its end, what is created later from its start, and a broker may
/// not know a topic for a moment. So the first news waits until all topics are found, or until some were missing
/// several times in a row: no client is served before that, and a topic that comes later was really created later.
final class TopicWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TopicWatch.class.getName());
    static final int TIMEOUT_MILLIS = 4000;
    private static final Duration SOON = Duration.ofMillis(500);
    private static final int MISSING = 3; // answers in a row without a topic, until it is believed

    private final Admin admin;
    private final Collection<String> topics;
    private final Duration every;
    private final AtomicReference<@Nullable Map<String, Found>> news = new AtomicReference<>();
    private final Thread thread = Thread.ofVirtual().name("topic-watch").unstarted(this::run);
    private int doubted = MISSING; // answers still wanted before a topic is taken for missing; own thread only
    private boolean reported; // that Kafka does not answer, at the first try; own thread only
    private volatile boolean reachable;

    /// A topic as Kafka has it.
    record Found(Uuid id, int partitions) {}

    /// @param admin is closed with this
    TopicWatch(Admin admin, Collection<String> topics, Duration every) {
        this.admin = admin;
        this.topics = topics;
        this.every = every;
        thread.start();
    }

    /// What was found since the last call; null if nothing was.
    @Nullable
    Map<String, Found> takeNews() {
        return news.getAndSet(null);
    }

    /// Whether Kafka answered the last time.
    boolean isReachable() {
        return reachable;
    }

    private void run() {
        try {
            while (true) {
                try {
                    pass(ask());
                    if (!reachable) {
                        LOG.log(System.Logger.Level.INFO, "Kafka answers");
                    }
                    reachable = true;
                } catch (ExecutionException | RuntimeException away) {
                    if (reachable || !reported) {
                        LOG.log(System.Logger.Level.WARNING, "Kafka does not answer: {0}", away.getMessage());
                    }
                    reported = true;
                    reachable = false;
                    doubted = doubted == 0 ? 0 : MISSING;
                }
                Thread.sleep((reachable && doubted == 0) || every.compareTo(SOON) < 0 ? every : SOON);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(Map<String, Found> found) {
        if (doubted > 0) {
            doubted = found.keySet().containsAll(topics) ? 0 : doubted - 1;
        }
        if (doubted == 0) {
            news.set(found);
        }
    }

    /// Asks at once; the answer is in the news.
    void askNow() throws InterruptedException {
        try {
            news.set(ask());
        } catch (ExecutionException away) {
            reachable = false;
        }
    }

    private Map<String, Found> ask() throws InterruptedException, ExecutionException {
        var found = new HashMap<String, Found>();
        for (var answer : admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                TopicDescription description = answer.getValue().get();
                found.put(
                        answer.getKey(),
                        new Found(
                                description.topicId(), description.partitions().size()));
            } catch (ExecutionException failure) {
                if (!(failure.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw failure;
                }
            }
        }
        return found;
    }

    @Override
    public void close() {
        thread.interrupt();
        admin.close(Duration.ofSeconds(1));
    }
}
