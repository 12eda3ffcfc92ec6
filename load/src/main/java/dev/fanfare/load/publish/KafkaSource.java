package dev.fanfare.load.publish;

import dev.fanfare.load.check.Micros;
import dev.fanfare.load.check.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Writes records: the key says the channel, the timestamp is the intended time. With attributes they are CloudEvents
/// (Kafka protocol binding 1.0.2, binary mode), else plain.
public final class KafkaSource implements Source {
    private static final List<Header> HEADERS =
            List.of(new RecordHeader("content-type", "application/json".getBytes(StandardCharsets.UTF_8)));

    private static final Map<String, String> DEFAULTS =
            Map.of("linger.ms", "0", "acks", "all", "enable.idempotence", "true", "max.block.ms", "10000");

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final List<byte[]> keys;
    private final Payload payload;
    private final Map<String, String> attributes;
    private final String run =
            Long.toString(Micros.now(), Character.MAX_RADIX); // in the ids, which are never used again
    private final Acknowledgements acknowledgements;

    /// @param properties of Kafka's producer, at least `bootstrap.servers`
    /// @param keys of the records of each channel
    /// @param attributes beyond those that a CloudEvent must have; empty: records are none
    /// @throws KafkaException for properties that cannot be, a topic or a cluster that is not there
    public KafkaSource(
            Map<String, String> properties,
            String topic,
            List<String> keys,
            Payload payload,
            Map<String, String> attributes) {
        var all = new HashMap<String, Object>(DEFAULTS);
        all.putAll(properties);
        producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topic;
        this.keys =
                keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toList();
        this.payload = payload;
        this.attributes = Map.copyOf(attributes);
        acknowledgements = new Acknowledgements(keys.size());
        try {
            producer.partitionsFor(topic); // or the first event would wait for it
        } catch (KafkaException failure) {
            producer.close(Duration.ZERO);
            throw failure;
        }
    }

    @Override
    public void run(Schedule schedule) throws InterruptedException {
        long count = schedule.count();
        for (long i = 0; i < count; i++) {
            long due = schedule.micros(i);
            Pacer.await(due);
            int channel = schedule.channel(i);
            long sequence = schedule.sequence(i);
            var data = payload.encode(channel, sequence, due);
            var sent =
                    new ProducerRecord<>(topic, null, due / 1000, keys.get(channel), data, headers(channel, sequence));
            try {
                var _ = producer.send(sent, (_, failure) -> {
                    if (failure == null) {
                        acknowledgements.acknowledge(channel, sequence, Micros.now() - due);
                    } else {
                        acknowledgements.fail(failure.getMessage());
                    }
                });
            } catch (KafkaException failure) {
                acknowledgements.fail(failure.getMessage());
            }
        }
        producer.flush();
    }

    private List<Header> headers(int channel, long sequence) {
        if (attributes.isEmpty()) {
            return HEADERS;
        }
        var headers = new ArrayList<>(HEADERS);
        headers.add(attribute("specversion", "1.0"));
        headers.add(attribute("id", run + "-" + channel + "-" + sequence));
        headers.add(attribute("source", "/fanfare/load"));
        headers.add(attribute("type", "dev.fanfare.load"));
        attributes.forEach((name, value) -> headers.add(attribute(name, value)));
        return headers;
    }

    private static Header attribute(String name, String value) {
        return new RecordHeader("ce_" + name, value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Acknowledgements acknowledgements() {
        return acknowledgements;
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
