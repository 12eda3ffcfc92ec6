package dev.fanfare.load.bench;

import dev.fanfare.load.check.Fields;
import dev.fanfare.load.check.MarkerReader;
import dev.fanfare.load.check.Micros;
import java.time.Duration;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A bare consumer of the topic: the least that a client behind Kafka can wait.
final class DirectReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final MarkerReader marker = new MarkerReader(new Fields("ch", "seq", "at"));
    private final Histogram micros = new Histogram(3_600_000_000L, 3);
    private final long warmUpMicros;
    private final Thread thread;
    private volatile boolean stopped;

    private DirectReader(String servers, Duration warmUp) {
        warmUpMicros = Micros.of(warmUp);
        var bytes = new ByteArrayDeserializer();
        consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", servers), bytes, bytes);
        var partitions = consumer.partitionsFor(Broker.TOPIC).stream()
                .map(found -> new TopicPartition(Broker.TOPIC, found.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position); // or the first poll would still ask
        thread = Thread.ofPlatform().name("direct").daemon().unstarted(this::read);
    }

    /// Reads what comes from now on.
    ///
    /// @param warmUp from the first record on what does not count
    static DirectReader start(String servers, Duration warmUp) {
        var reader = new DirectReader(servers, warmUp);
        reader.thread.start();
        return reader;
    }

    private void read() {
        long from = Long.MAX_VALUE;
        while (!stopped) {
            for (var one : consumer.poll(POLL)) {
                long now = Micros.now();
                if (marker.read(one.value(), 0, one.value().length)) {
                    from = Math.min(from, marker.timeMicros() + warmUpMicros);
                    if (marker.timeMicros() >= from) {
                        micros.recordValue(Math.clamp(now - marker.timeMicros(), 0, 3_600_000_000L));
                    }
                }
            }
        }
    }

    /// Receipt less intended time, in microseconds.
    Histogram stop() throws InterruptedException {
        stopped = true;
        thread.join();
        return micros;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        consumer.close();
    }
}
