package dev.fanfare.gateway.app;

import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.service.config.Topics;
import dev.fanfare.service.config.Values;
import java.util.Optional;

/// Reads everything under `cluster`.
final class ClusterReader {
    private final Values values;

    ClusterReader(Values values) {
        this.values = values;
    }

    ClusterSettings read() {
        return new ClusterSettings(values.text("cluster.node"), topic("cluster.orders-topic"));
    }

    private Optional<String> topic(String key) {
        var topic = values.text(key);
        if (topic.isPresent() && !Topics.isLegal(topic.get())) {
            values.refuse(key, topic.get(), Topics.WANTED);
        }
        return topic;
    }
}
