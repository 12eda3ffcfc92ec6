package dev.fanfare.gateway.ingest;

import dev.fanfare.events.UndecodableException;
import dev.fanfare.gateway.channel.Batch;
import dev.fanfare.gateway.channel.LeaderEpochs;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// What becomes of a record that was read: an event of its batch, or a dead letter, or nothing where no route says a
/// channel. Each is counted. Feed thread only.
final class Intake {
    private static final System.Logger LOG = System.getLogger(Feed.class.getName());

    private final RecordReader reader;
    private final LeaderEpochs epochs;
    private final @Nullable PartialReading partial;
    private final Beginning beginning;
    private final DeadLetters deadLetters;
    private final FeedMetrics metrics;

    /// @param partial null: everything is read
    Intake(
            RecordReader reader,
            LeaderEpochs epochs,
            @Nullable PartialReading partial,
            Beginning beginning,
            DeadLetters deadLetters,
            FeedMetrics metrics) {
        this.reader = reader;
        this.epochs = epochs;
        this.partial = partial;
        this.beginning = beginning;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
    }

    /// @param index of its partition in the topology
    void take(ConsumerRecord<byte[], byte[]> record, int index, Batch batch) {
        record.leaderEpoch().ifPresent(epoch -> epochs.observe(index, epoch, record.offset()));
        metrics.events.increment();
        metrics.bytes.add(Math.max(0, record.serializedValueSize()));
        if (partial != null && partial.isMisplaced(record)) {
            metrics.misplaced.increment();
        }
        try {
            var routed = reader.read(record);
            if (routed.event().extensions().containsKey("confluentschemaid")) {
                metrics.confluentFramed.increment();
            }
            if (routed.channels().isEmpty()) {
                metrics.unrouted.increment();
            } else {
                batch.add(index, record.leaderEpoch().orElse(-1), routed.event(), routed.channels());
            }
        } catch (RuntimeException fault) { // ours, not the record's; it must not cost the others behind it
            metrics.undecodable(UndecodableException.Reason.INVALID_DATA).increment();
            LOG.log(
                    System.Logger.Level.ERROR,
                    "record %s/%d/%d is left out: reading it failed"
                            .formatted(record.topic(), record.partition(), record.offset()),
                    fault);
        } catch (UndecodableException failure) {
            deadLetters.report(record, failure, !beginning.isOld(record));
        }
    }
}
