package dev.fanfare.gateway.ingest;

import dev.fanfare.gateway.channel.Batch;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Topology;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Notice;
import org.apache.kafka.common.TopicPartition;

/// Tells those who are there what the feed will never read, and sees to it that those who come back are told. Feed
/// thread only.
final class Losses {
    private static final System.Logger LOG = System.getLogger(Feed.class.getName());

    private final Channels channels;
    private final LossListener listener;

    /// @param listener told before the head behind a loss is published
    Losses(Channels channels, LossListener listener) {
        this.channels = channels;
        this.listener = listener;
    }

    /// @param goOnAt the offset that is read next
    void tell(Topology topology, TopicPartition partition, long from, long to, GapReason reason, long goOnAt) {
        LOG.log(
                System.Logger.Level.WARNING,
                "offsets {1} to {2} of {0} cannot be read: {3}",
                partition,
                Long.toString(from),
                Long.toString(to),
                reason.code());
        int index = topology.index(partition.topic(), partition.partition());
        var batch = new Batch(channels.head(), topology, System.currentTimeMillis());
        batch.endPartition(index, goOnAt, -1);
        if (reason == GapReason.TRUNCATED) {
            channels.epochs().truncate(index, goOnAt);
        }
        var gap = new Notice.Gap(partition.topic(), partition.partition(), from, to, reason, false);
        channels.appendAfterLoss(batch, System.nanoTime(), after -> listener.lost(gap, index, after));
    }

    /// What was in a topic is gone: another one has its name now.
    void tellReplaced(Topology.Topic topic, Topology now) {
        for (int p = 0; p < topic.indexes().size(); p++) {
            long from = channels.head().vector().offset(topic.indexes().get(p));
            int successor = Math.max(now.index(topic.name(), p), now.index(topic.name(), 0));
            listener.lost(
                    new Notice.Gap(topic.name(), p, from, 0, GapReason.TOPIC_RECREATED, true),
                    successor,
                    channels.head());
        }
    }
}
