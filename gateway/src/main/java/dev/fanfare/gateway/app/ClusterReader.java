package dev.fanfare.gateway.app;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.config.ClusterSettings.Presence;
import dev.fanfare.service.config.Topics;
import dev.fanfare.service.config.Units;
import dev.fanfare.service.config.Values;
import java.util.List;
import java.util.Optional;

/// Reads everything under `cluster`.
final class ClusterReader {
    private final Values values;

    ClusterReader(Values values) {
        this.values = values;
    }

    ClusterSettings read() {
        return new ClusterSettings(values.text("cluster.node"), topic("cluster.orders-topic"), presence());
    }

    private Presence presence() {
        var standard = ClusterSettings.DEFAULT.presence();
        var presence = new Presence(
                topic("cluster.presence.topic"),
                patterns("cluster.presence.counts"),
                patterns("cluster.presence.members"),
                values.duration("cluster.presence.interval", standard.interval(), ofMillis(100), ofMinutes(1)),
                values.duration("cluster.presence.lease", standard.lease(), ofSeconds(1), ofMinutes(10)),
                values.integer("cluster.presence.channels-max", standard.channelsMax(), 1, 100_000),
                values.integer("cluster.presence.members-max", standard.membersMax(), 1, 10_000));
        if (values.good("cluster.presence.interval", "cluster.presence.lease")
                && presence.interval().multipliedBy(3).compareTo(presence.lease()) > 0) {
            values.refuse(
                    "cluster.presence.lease",
                    Units.show(presence.lease()),
                    "it must be at least three times cluster.presence.interval, which is "
                            + Units.show(presence.interval()));
        }
        return presence;
    }

    private List<ChannelPattern> patterns(String key) {
        return values.list(key, "a channel or pattern, such as orders.42 or orders.**", text -> {
            try {
                return Optional.of(ChannelPattern.parse(text));
            } catch (IllegalArgumentException bad) {
                return Optional.empty();
            }
        });
    }

    private Optional<String> topic(String key) {
        var topic = values.text(key);
        if (topic.isPresent() && !Topics.isLegal(topic.get())) {
            values.refuse(key, topic.get(), Topics.WANTED);
        }
        return topic;
    }
}
