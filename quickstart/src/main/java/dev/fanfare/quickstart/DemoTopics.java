package dev.fanfare.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;

/// The topics of the quickstart, each with the channels that its records go to.
///
/// @param channel the template of the route, in the gateway's notation
record DemoTopics(String topic, int partitions, String channel) {
    static final List<DemoTopics> ALL = List.of(
            new DemoTopics("orders", 6, "orders.{key}"),
            new DemoTopics("prices", 3, "prices.{key}"),
            new DemoTopics("notices", 1, "notices"),
            new DemoTopics("events", 3, "{key}"));

    /// Deliveries that the dispatcher has given up. No route reads it.
    static final String DEAD_LETTERS = "webhooks.dead-letters";

    /// What the dispatcher tells about endpoints and deliveries. No route reads it.
    static final String WEBHOOK_NEWS = "webhooks.news";

    private static final Map<String, String> BOUNDED = Map.of(
            "retention.ms", Long.toString(Duration.ofHours(24).toMillis()),
            "retention.bytes", Long.toString(256L << 20),
            "segment.bytes", Long.toString(32L << 20));

    /// The routes of all, as gateway and dispatcher are configured with them.
    static String routes() {
        return ALL.stream()
                .map(demo -> "  - topics: [%s]%n    channels: [\"%s\"]%n".formatted(demo.topic(), demo.channel()))
                .collect(Collectors.joining());
    }

    /// Creates those that are not there yet; leaves the others as they are. Waits for Kafka at most `wait`.
    ///
    /// @param webhooks whether the dispatcher's are wanted too
    /// @return whether Kafka could be reached
    /// @throws IllegalStateException when Kafka refuses
    static boolean create(String bootstrapServers, boolean webhooks, Duration wait) throws InterruptedException {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "default.api.timeout.ms",
                Math.toIntExact(wait.toMillis()),
                "request.timeout.ms",
                Math.toIntExact(wait.toMillis()),
                "reconnect.backoff.max.ms",
                200);
        try (var admin = Admin.create(settings)) {
            var wanted = new ArrayList<NewTopic>();
            ALL.forEach(demo -> wanted.add(topic(demo.topic(), demo.partitions())));
            if (webhooks) {
                wanted.add(topic(DEAD_LETTERS, 1));
                wanted.add(topic(WEBHOOK_NEWS, 1));
            }
            for (var created : admin.createTopics(wanted).values().values()) {
                try {
                    created.get();
                } catch (ExecutionException failure) {
                    switch (failure.getCause()) {
                        case TopicExistsException kept -> {}
                        case RetriableException away -> {
                            return false;
                        }
                        case null, default -> throw refused(bootstrapServers, failure);
                    }
                }
            }
            return true;
        } catch (KafkaException failure) {
            throw refused(bootstrapServers, failure);
        }
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(BOUNDED);
    }

    private static IllegalStateException refused(String bootstrapServers, Exception failure) {
        return new IllegalStateException(
                "Kafka at %s cannot be used: %s".formatted(bootstrapServers, failure.getMessage()), failure);
    }
}
