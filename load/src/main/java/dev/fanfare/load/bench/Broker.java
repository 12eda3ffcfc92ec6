package dev.fanfare.load.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/// The Kafka broker that the gateway reads, with one topic.
final class Broker implements AutoCloseable {
    static final String TOPIC = "bench";
    private static final int PARTITIONS = 3;

    private final Path jar;
    private final Processes processes;
    private final int port = Child.freePort();
    private @Nullable Child child;

    /// @param jar of the quickstart's broker
    Broker(Path jar, Processes processes) {
        this.jar = jar;
        this.processes = processes;
    }

    String servers() {
        return "127.0.0.1:" + port;
    }

    void start() throws InterruptedException {
        if (child != null) {
            return;
        }
        var data = processes.folder("kafka").toString();
        child = processes
                .start(
                        "broker",
                        Java.command(
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                "-jar",
                                jar.toString(),
                                "--dir",
                                data,
                                "--port",
                                "" + port))
                .awaitPort(port);
        try (var admin = Admin.create(Map.of("bootstrap.servers", servers()))) {
            var topic = new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())
                    .configs(Map.of("retention.bytes", "" + (256L << 20), "segment.bytes", "" + (64L << 20)));
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("Kafka refuses the topic: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void close() {
        if (child != null) {
            child.close();
        }
    }
}
