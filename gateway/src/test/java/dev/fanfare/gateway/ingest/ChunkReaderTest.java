package dev.fanfare.gateway.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.events.Routing;
import dev.fanfare.gateway.channel.HistoryUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChunkReaderTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final Partition log = new Partition();
    private final ChunkReader reader = new ChunkReader(
            log,
            new RecordReader(Routing.of(List.of(new Routing.Rule(List.of("t"), List.of("c"))))),
            _ -> Map.of(PARTITION, log.start),
            () -> log.truncations,
            new FeedMetrics());

    @AfterEach
    void close() {
        reader.close();
    }

    /// One partition, two records a poll.
    private static final class Partition extends MockConsumer<byte[], byte[]> {
        final TreeMap<Long, Integer> sizes = new TreeMap<>(); // by offset
        final TreeSet<Long> damaged = new TreeSet<>();
        final Deque<Supplier<KafkaException>> failures = new ArrayDeque<>();
        long start;
        long end;
        long position;
        int seeks;
        int truncations;

        Partition() {
            super("none");
        }

        void write(int size, long... at) {
            for (long offset : at) {
                sizes.put(offset, size);
                end = Math.max(end, offset + 1);
            }
        }

        @Override
        public synchronized void seek(TopicPartition partition, OffsetAndMetadata to) {
            position = to.offset();
            seeks++;
        }

        @Override
        public synchronized long position(TopicPartition partition, Duration timeout) {
            return position;
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (position < start) {
                throw new OffsetOutOfRangeException(Map.of(PARTITION, position));
            }
            if (damaged.contains(position)) {
                throw new KafkaException("Received exception when fetching the next record from t-0. If needed, "
                        + "please seek past the record to continue consumption.");
            }
            var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            var bound = damaged.ceiling(position);
            for (var entry : sizes.tailMap(position).entrySet()) {
                if (records.size() < 2 && (bound == null || entry.getKey() < bound)) {
                    records.add(record(entry.getKey(), entry.getValue()));
                }
            }
            if (!failures.isEmpty() && records.size() < 2) {
                throw failures.remove().get();
            }
            position = records.isEmpty()
                    ? bound == null ? end : Math.min(end, bound)
                    : records.getLast().offset() + 1;
            return new ConsumerRecords<>(Map.of(PARTITION, records), Map.of());
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, int size) {
        return new ConsumerRecord<>(
                "t",
                0,
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                size,
                new byte[0],
                new byte[size],
                new RecordHeaders(),
                Optional.empty());
    }

    private static List<Long> offsets(ChunkReader.Range range) {
        return range.events().stream().map(s -> s.event().offset()).toList();
    }

    @Test
    void readsRangesThatFollowEachOtherWithoutASeek() throws Exception {
        log.write(10, 0, 1, 2, 3, 4, 5);

        assertThat(offsets(reader.read(PARTITION, 0, 3, 3))).containsExactly(0L, 1L, 2L);
        assertThat(offsets(reader.read(PARTITION, 3, 6, 6))).containsExactly(3L, 4L, 5L);
        assertThat(log.seeks).isEqualTo(1);
    }

    @Test
    void takesHolesForHoles() throws Exception {
        log.write(10, 2, 5);
        log.end = 9; // markers

        var range = reader.read(PARTITION, 0, 8, 8);

        assertThat(offsets(range)).containsExactly(2L, 5L);
        assertThat(range.end()).isEqualTo(8);
    }

    @Test
    void readsARangeThatBrokeOffAgainFromItsStart() throws Exception {
        log.write(10, 0, 1, 2, 3, 4);
        reader.read(PARTITION, 0, 2, 2);
        log.failures.add(() -> new InterruptException("stop"));
        assertThatThrownBy(() -> reader.read(PARTITION, 2, 5, 5)).isInstanceOf(InterruptedException.class);
        Thread.interrupted();

        assertThat(offsets(reader.read(PARTITION, 2, 5, 5))).containsExactly(2L, 3L, 4L);
    }

    @Test
    void readsARangeAgainThatFailed() throws Exception {
        log.write(10, 0, 1, 2, 3, 4);
        log.failures.add(() -> new KafkaException("no"));
        assertThatThrownBy(() -> reader.read(PARTITION, 0, 5, 5)).isInstanceOf(HistoryUnavailableException.class);

        assertThat(offsets(reader.read(PARTITION, 0, 5, 5))).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void endsARangeWhereItsEventsHaveBytesEnough() throws Exception {
        log.write(600 << 10, 0, 1, 2, 3);

        var range = reader.read(PARTITION, 0, 4, 4);

        assertThat(offsets(range)).containsExactly(0L, 1L);
        assertThat(range.end()).isEqualTo(2);
        assertThat(range.full()).isTrue();
        assertThat(offsets(reader.read(PARTITION, 2, 4, 4))).containsExactly(2L, 3L);
    }

    @Test
    void endsARangeBeforeDamagedRecordsAndGoesOnBehindThem() throws Exception {
        log.write(10, 0, 1, 2, 3, 4, 5, 6);
        log.damaged.addAll(List.of(2L, 3L, 4L));

        var before = reader.read(PARTITION, 0, 7, 7);
        int seeks = log.seeks;
        var behind = reader.read(PARTITION, 5, 7, 7);

        assertThat(offsets(before)).containsExactly(0L, 1L);
        assertThat(before.end()).isEqualTo(2);
        assertThat(before.damagedTo()).isEqualTo(5);
        assertThat(offsets(behind)).containsExactly(5L, 6L);
        assertThat(behind.isDamaged()).isFalse();
        assertThat(log.seeks).isEqualTo(seeks);
    }

    @Test
    void findsTheEndOfDamageBehindTheRangeAndAtTheEndOfThePartition() throws Exception {
        log.write(10, 0, 1, 2, 3);
        log.damaged.addAll(List.of(1L, 2L, 3L));

        var range = reader.read(PARTITION, 0, 2, 2);

        assertThat(range.end()).isEqualTo(1);
        assertThat(range.damagedTo()).isEqualTo(4);
        assertThat(reader.read(PARTITION, 3, 4, 4).damagedTo()).isEqualTo(4);
        assertThat(reader.read(PARTITION, 0, 1, 1).isDamaged()).isFalse();
    }

    @Test
    void letsGoOfWhatItKeptWhenAPartitionIsCutBack() throws Exception {
        log.write(10, 0, 1, 2, 3);
        reader.read(PARTITION, 0, 1, 1); // and 1 is kept
        log.sizes.tailMap(1L).clear();
        log.write(20, 1);
        log.end = 2;
        log.truncations++;

        assertThat(reader.read(PARTITION, 1, 2, 2).bytes()).isEqualTo(20);
    }

    @Test
    void beginsWhereKafkaStillHasSomething() throws Exception {
        log.write(10, 5, 6);
        log.start = 5;

        var range = reader.read(PARTITION, 0, 7, 7);

        assertThat(range.start()).isEqualTo(5);
        assertThat(offsets(range)).containsExactly(5L, 6L);
        assertThat(reader.read(PARTITION, 0, 3, 3).start()).isEqualTo(5);
    }
}
