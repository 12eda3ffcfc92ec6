package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// Writes values and tombstones of keys to a topic, each key to one partition, and remembers what each key has been.
/// One thread writes, any look.
final class KeyedWriter implements AutoCloseable {
    private final KafkaProducer<String, String> producer;
    private final String topic;
    private final int partitions;
    private final Map<String, List<Long>> histories = new HashMap<>(); // 0: a tombstone
    private long number;

    KeyedWriter(Cluster cluster, String topic, int partitions) {
        this.producer = cluster.producer(null);
        this.topic = topic;
        this.partitions = partitions;
    }

    void write(String key) {
        write(key, ++number);
    }

    void delete(String key) {
        write(key, 0);
    }

    private void write(String key, long value) {
        var data = value == 0 ? null : "{\"p\":\"%s\",\"n\":%d}".formatted(key, value);
        try {
            synchronized (this) {
                histories.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
            }
            producer.send(new ProducerRecord<>(topic, Math.floorMod(key.hashCode(), partitions), key, data))
                    .get();
        } catch (ExecutionException | InterruptedException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// What each key is now; deleted ones are not there.
    synchronized Map<String, Long> view() {
        var view = new TreeMap<String, Long>();
        histories.forEach((key, history) -> {
            if (history.getLast() != 0) {
                view.put(key, history.getLast());
            }
        });
        return view;
    }

    /// How many records.
    synchronized int written() {
        return histories.values().stream().mapToInt(List::size).sum();
    }

    synchronized List<Long> history(String key) {
        return List.copyOf(histories.getOrDefault(key, List.of()));
    }

    @Override
    public void close() {
        producer.close();
    }

    /// What a client makes of what it is told: it must come in the order of each key's history, each record once.
    final class View {
        private final Map<String, Integer> next = new HashMap<>(); // in the history of each key
        private final Map<String, Long> values = new TreeMap<>();

        void take(Message message) {
            if (message instanceof Message.Event event) {
                var key = event.channel().substring(event.channel().lastIndexOf('.') + 1);
                long value = Math.max(0, event.number());
                var history = history(key);
                int at = next.getOrDefault(key, 0);
                while (at < history.size() && history.get(at) != value) {
                    at++;
                }
                assertThat(at)
                        .as("%d of %s, of which %s was told up to %s", value, key, history, next.get(key))
                        .isLessThan(history.size());
                next.put(key, at + 1);
                if (value == 0) {
                    values.remove(key);
                } else {
                    values.put(key, value);
                }
            }
        }

        Map<String, Long> values() {
            return values;
        }

        /// What the client has is at least as new as what there was.
        void isAsNewAs(Map<String, Long> before) {
            before.forEach((key, value) -> assertThat(isAsNew(key, value))
                    .as("%s was %d, and is %s", key, value, values.get(key))
                    .isTrue());
        }

        private boolean isAsNew(String key, long value) {
            var history = history(key);
            @Nullable Long has = values.get(key);
            int at = history.indexOf(value);
            return has == null ? history.subList(at, history.size()).contains(0L) : history.indexOf(has) >= at;
        }
    }
}
