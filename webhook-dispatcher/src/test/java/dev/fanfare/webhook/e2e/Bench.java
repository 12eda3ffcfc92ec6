package dev.fanfare.webhook.e2e;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/// A dispatcher in a process of its own with some endpoints, and a topic to fill.
public final class Bench implements AutoCloseable {
    private final Cluster cluster;
    private final Setup setup;
    private final Child child;
    private final KafkaProducer<String, String> producer;

    private Bench(Cluster cluster, Setup setup, Child child) {
        this.cluster = cluster;
        this.setup = setup;
        this.child = child;
        this.producer = cluster.producer();
    }

    /// Starts it.
    public static Bench prepare(Path dir, int receiver, int endpoints) throws IOException {
        var cluster = Cluster.start();
        var setup = Setup.of(dir, cluster.servers(), cluster.newTopic("bench", 3));
        for (int i = 0; i < endpoints; i++) {
            setup.endpoint(
                    URI.create("http://127.0.0.1:" + receiver + "/" + i),
                    Draft.retrying(3, Duration.ofSeconds(5))
                            .concurrency(endpoints == 1 ? 64 : 8)
                            .settings());
        }
        return new Bench(cluster, setup, Child.forMeasuring(setup, dir).ready());
    }

    /// Writes events of 200 bytes or so, and waits until Kafka has them.
    @SuppressWarnings("FutureReturnValueIgnored") // flush waits for all
    public void publish(int events, byte[] data) {
        var text = new String(data, StandardCharsets.US_ASCII);
        for (int i = 0; i < events; i++) {
            producer.send(new ProducerRecord<>(setup.topic(), i % 3, "k" + i % 100, text));
        }
        producer.flush();
    }

    /// CPU time of the dispatcher's process.
    public long cpuMillis() {
        return child.cpuMillis();
    }

    /// What one of its metrics shows, labels summed up.
    public double metric(String name) {
        return child.metric(name);
    }

    @Override
    public void close() {
        producer.close();
        child.close();
        cluster.close();
    }
}
