package dev.fanfare.gateway.e2e;

import dev.fanfare.events.ChannelName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// What is in Kafka and committed: the truth that a [Checker] holds clients to. Thread-safe.
final class Published {
    private final Map<String, ConcurrentSkipListMap<Long, Entry>> bySource = new ConcurrentHashMap<>();

    /// One event.
    ///
    /// @param number its number in its partition, as in its data; ascends with the offset
    /// @param channels in the order in which the routes yield them
    record Entry(TopicPartition place, long offset, long number, List<ChannelName> channels) {
        @Override
        public String toString() {
            return "%s@%d #%d %s".formatted(place, offset, number, channels);
        }
    }

    void add(Entry entry) {
        bySource.computeIfAbsent(entry.place.toString(), _ -> new ConcurrentSkipListMap<>())
                .put(entry.number, entry);
    }

    @Nullable
    Entry find(String source, long number) {
        var numbers = bySource.get(source);
        return numbers == null ? null : numbers.get(number);
    }

    /// All events, partition by partition, in offset order.
    List<List<Entry>> partitions() {
        var all = new ArrayList<List<Entry>>();
        bySource.values()
                .forEach(numbers -> all.add(numbers.values().stream()
                        .sorted(Comparator.comparingLong(Entry::offset))
                        .toList()));
        return all;
    }

    long count() {
        return bySource.values().stream().mapToLong(Map::size).sum();
    }
}
