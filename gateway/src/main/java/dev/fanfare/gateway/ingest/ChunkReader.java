package dev.fanfare.gateway.ingest;

import dev.fanfare.gateway.channel.History.Stored;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/// One Kafka consumer that reads ranges of partitions. Ranges that follow each other are read without a seek, and
/// what
/// a poll brought beyond a range is kept for the next, so that a replay fetches each byte about once.
///
/// Threads: one at a time, by its lock; waiting for it is bounded.
final class ChunkReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final int FETCH_BYTES = 512 << 10;
    private static final int RANGE_BYTES = 1 << 20; // a range ends early where its events have so many
    private static final long NOWHERE = -1;

    private final ReentrantLock lock = new ReentrantLock();
    private final Consumer<byte[], byte[]> consumer;
    private final RecordReader reader;
    private final Starts starts;
    private final IntSupplier truncations;
    private final FeedMetrics metrics;
    private final ArrayDeque<ConsumerRecord<byte[], byte[]>> carried = new ArrayDeque<>(); // polled, not yet used
    private @Nullable TopicPartition partition;
    private long nextOffset = NOWHERE; // where the last range ended, if it was read to its end
    private int truncationsSeen;

    /// Part of a partition.
    ///
    /// @param start the first offset that Kafka still had, at least the one asked for
    /// @param end the offset after it; before the one asked for if there is no more yet, or too much
    /// @param bytes of the events' data
    /// @param full whether it ends before the one asked for because it has bytes enough
    /// @param damagedTo the records from `end` up to here cannot be read, if it is greater
    record Range(List<Stored> events, long start, long end, long bytes, boolean full, long damagedTo) {
        static Range nothing(long at) {
            return new Range(List.of(), at, at, 0, false, at);
        }

        boolean isDamaged() {
            return damagedTo > end;
        }
    }

    /// Tells where partitions begin now.
    interface Starts {
        Map<TopicPartition, Long> of(Set<TopicPartition> partitions)
                throws HistoryUnavailableException, InterruptedException;
    }

    /// What a reader wants of its consumer beside what all have.
    static final Map<String, Object> CONSUMER = Map.of(
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            FETCH_BYTES,
            ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
            FETCH_BYTES,
            // the broker answers one fetch after the other: one that waits at an end would hold up the next read
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            20,
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
            1024);

    /// @param truncations how often partitions were cut back: what is kept from before that is let go of
    ChunkReader(
            Consumer<byte[], byte[]> consumer,
            RecordReader reader,
            Starts starts,
            IntSupplier truncations,
            FeedMetrics metrics) {
        this.consumer = consumer;
        this.reader = reader;
        this.starts = starts;
        this.truncations = truncations;
        this.metrics = metrics;
    }

    /// Reads `[from, to)`, or up to `atLeast` if what follows is not at hand.
    ///
    /// @throws HistoryUnavailableException if Kafka does not bring it in time
    Range read(TopicPartition of, long from, long to, long atLeast)
            throws HistoryUnavailableException, InterruptedException {
        if (!lock.tryLock(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new HistoryUnavailableException("all readers are busy", null);
        }
        try {
            metrics.chunkReads.increment();
            int truncationsNow = truncations.getAsInt();
            if (truncationsSeen != truncationsNow) {
                truncationsSeen = truncationsNow;
                forget();
            }
            return readFrom(of, from, to, atLeast);
        } catch (OffsetOutOfRangeException gone) {
            long earliest = starts.of(Set.of(of)).getOrDefault(of, from);
            forget();
            if (earliest <= from) {
                throw new HistoryUnavailableException(of + " ends before " + from, gone);
            }
            return earliest >= to ? Range.nothing(earliest) : readFrom(of, earliest, to, atLeast);
        } catch (InterruptException stopped) {
            throw new InterruptedException();
        } catch (KafkaException failure) {
            forget();
            throw new HistoryUnavailableException("reading " + of + " from " + from + " failed", failure);
        } finally {
            lock.unlock();
        }
    }

    private Range readFrom(TopicPartition of, long start, long to, long atLeast)
            throws HistoryUnavailableException, InterruptedException {
        place(of, start);
        nextOffset = NOWHERE; // until this range is whole: one that breaks off is read again from its start
        var events = new ArrayList<Stored>();
        long bytes = 0;
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        long end = start;
        long damagedTo = NOWHERE;
        while (end < to && bytes < RANGE_BYTES && damagedTo == NOWHERE) {
            var next = carried.peek();
            if (next != null && next.offset() >= to) {
                end = to;
            } else if (next != null) {
                carried.remove();
                end = next.offset() + 1;
                bytes += Math.max(0, next.serializedValueSize());
                reader.readQuietly(next)
                        .ifPresent(routed -> events.add(
                                new Stored(routed.event(), next.leaderEpoch().orElse(-1), routed.channels())));
            } else if (position(of) > end) {
                end = Math.min(to, position(of)); // holes
            } else if (end >= atLeast) {
                break; // Kafka may have no more: not worth waiting for
            } else if (!poll(of)) {
                end = Math.min(to, Math.max(end, position(of))); // what lies behind `to` is none of this range's
                damagedTo = end < to ? behindDamage(of, end, atLeast, deadline) : end;
            } else {
                if (carried.isEmpty() && position(of) <= end && System.nanoTime() - deadline > 0) {
                    throw new HistoryUnavailableException(of + " did not come from Kafka in time", null);
                }
            }
        }
        nextOffset = Math.max(end, damagedTo);
        metrics.historyBytes.add(bytes);
        return new Range(List.copyOf(events), start, end, bytes, end < to && bytes >= RANGE_BYTES, nextOffset);
    }

    /// The first offset behind a damaged one that can be read, or where nothing is; tried one by one, since Kafka's
    /// consumer does not tell how far a damaged batch goes. At the deadline, how far it was found.
    private long behindDamage(TopicPartition of, long damaged, long atLeast, long deadline) {
        long behind = damaged + 1;
        consumer.seek(of, new OffsetAndMetadata(behind, Optional.empty(), ""));
        while (System.nanoTime() - deadline < 0) {
            if (!poll(of)) {
                behind++;
                consumer.seek(of, new OffsetAndMetadata(behind, Optional.empty(), ""));
            } else if (!carried.isEmpty() || position(of) > behind || behind >= atLeast) {
                break;
            }
        }
        return behind;
    }

    /// False if the records at the consumer's position are damaged.
    private boolean poll(TopicPartition of) {
        try {
            consumer.poll(POLL).records(of).forEach(carried::add);
            return true;
        } catch (KafkaException failure) {
            if (DamagedRecords.partition(failure).equals(Optional.of(of))) {
                return false;
            }
            throw failure;
        }
    }

    /// Not for long: while Kafka is away, a position that has to be validated has no answer.
    private long position(TopicPartition of) {
        return consumer.position(of, DEADLINE);
    }

    /// Brings the consumer to an offset; for nothing if it has just read up to there.
    private void place(TopicPartition of, long offset) {
        if (of.equals(partition) && offset == nextOffset) {
            return;
        }
        if (!of.equals(partition)) {
            consumer.assign(Set.of(of));
            partition = of;
        }
        carried.clear();
        consumer.seek(of, new OffsetAndMetadata(offset, Optional.empty(), ""));
    }

    private void forget() {
        partition = null;
        carried.clear();
        consumer.assign(Set.of());
    }

    @Override
    public void close() {
        consumer.wakeup(); // a read under way fails
        lock.lock();
        try {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
        } finally {
            lock.unlock();
        }
    }
}
