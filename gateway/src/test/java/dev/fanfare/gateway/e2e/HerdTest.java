package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.management.JMException;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// All clients lose their connection at once, and come back at once.
@Timeout(300)
@org.junit.jupiter.api.condition.EnabledIfSystemProperty(named = "fanfare.long", matches = "true")
class HerdTest {
    private static final int CLIENTS = 1000;
    private static final String TOPIC = "herd";
    private static final int PARTITIONS = 3;
    private static final int CHANNELS = 100;

    @Test
    void aThousandClientsThatResumeFromOnePointCostLessThanThreeReadsOfTheLog(@TempDir Path dir) throws Exception {
        int events = Seeded.isLong() ? 300_000 : 30_000;
        var published = new Published();
        var checker = new Checker(published);
        try (var cluster = Cluster.start(dir)) {
            cluster.create(TOPIC, PARTITIONS);
            String cursor;
            try (var gateway = gateway(cluster)) {
                cursor = Clients.cursor(Stream.Kind.SSE, gateway.port(), "channel=herd.**");
            }
            try (var publisher = new Publisher(cluster, published)) {
                for (int i = 0; i < events; i++) {
                    publisher.add(TOPIC, i % PARTITIONS, "k" + i % CHANNELS, 200);
                    if (i % 1000 == 999) {
                        publisher.flush();
                    }
                }
            }
            try (var gateway = gateway(cluster);
                    var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                assertThat(bytesReadBack()).isZero();
                var clients = new ArrayList<Future<List<Message>>>();
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(threads.submit(resume(gateway.port(), i % CHANNELS, events / CHANNELS, cursor)));
                }
                for (int i = 0; i < CLIENTS; i++) {
                    var all = new ArrayList<Message>(List.of(new Message.Moved(cursor)));
                    all.addAll(clients.get(i).get());
                    assertThat(checker.faults(List.of("herd.k" + i % CHANNELS), all, true))
                            .isEmpty();
                }
                long log = cluster.bytes(TOPIC);
                long read = bytesReadBack();
                System.out.printf(
                        "%d clients resumed %d events each from %d bytes of log: %d bytes read from Kafka%n",
                        CLIENTS, events / CHANNELS, log, read);
                assertThat(read).isPositive().isLessThan(3 * log);
            }
        }
    }

    private static TestGateway gateway(Cluster cluster) {
        return TestGateway.route(cluster, TOPIC).logs(10, 1 << 20, 10).start();
    }

    private static Callable<List<Message>> resume(int port, int channel, int events, String cursor) {
        return () -> {
            try (var stream = connected(port, "channel=herd.k" + channel, cursor)) {
                return Clients.events(stream, events);
            }
        };
    }

    private static Stream connected(int port, String query, String cursor) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreException(IOException.class)
                .until(() -> SseClient.open(port, query, cursor, 0), stream -> true);
    }

    /// By the consumers' own account.
    private static long bytesReadBack() throws JMException {
        var server = ManagementFactory.getPlatformMBeanServer();
        var replays = new ObjectName("kafka.consumer:type=consumer-fetch-manager-metrics,client-id=fanfare-replay-*");
        double bytes = 0;
        for (var consumer : server.queryNames(replays, null)) {
            bytes += (Double) server.getAttribute(consumer, "bytes-consumed-total");
        }
        return (long) bytes;
    }
}
