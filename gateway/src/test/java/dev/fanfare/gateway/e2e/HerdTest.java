package dev.fanfare.gateway.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.management.JMException;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// All clients lose their connection at once, and come back at once, to a log that is much longer than what is kept of
/// it.
@Timeout(300)
class HerdTest {
    private static final int CLIENTS = 1000;
    private static final String TOPIC = "herd";
    private static final int PARTITIONS = 3;
    private static final int CHANNELS = 100;
    private static final int EVENTS = Seeded.isLong() ? 300_000 : 30_000;

    @Test
    void aThousandClientsThatResumeFromOnePointCostLessThanTwoReadsOfTheLog(@TempDir Path dir) throws Exception {
        var published = new Published();
        var checker = new Checker(published);
        try (var cluster = Cluster.start(dir)) {
            cluster.create(TOPIC, PARTITIONS);
            String cursor;
            try (var gateway = gateway(cluster)) {
                cursor = Clients.cursor(Stream.Kind.SSE, gateway.port(), "channel=herd.**");
            }
            try (var publisher = new Publisher(cluster, published)) {
                for (int i = 0; i < EVENTS; i++) {
                    publisher.add(TOPIC, i % PARTITIONS, "k" + i % CHANNELS, 200);
                    if (i % 1000 == 999) {
                        publisher.flush();
                    }
                }
            }
            try (var gateway = gateway(cluster);
                    var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                assertThat(bytesReadBack()).isZero();
                long begin = System.nanoTime();
                var first = new ArrayList<Future<List<Message>>>(); // of each channel
                var others = new ArrayList<Future<List<Long>>>();
                for (int i = 0; i < CLIENTS; i++) {
                    var query = "channel=herd.k" + i % CHANNELS;
                    if (i < CHANNELS) {
                        first.add(threads.submit(() -> messages(gateway.port(), query, cursor)));
                    } else {
                        others.add(threads.submit(() -> numbers(gateway.port(), query, cursor)));
                    }
                }
                for (int i = CHANNELS; i < CLIENTS; i++) {
                    assertThat(others.get(i - CHANNELS).get())
                            .isEqualTo(Clients.numbers(first.get(i % CHANNELS).get()));
                }
                double seconds = (System.nanoTime() - begin) / 1e9;
                for (int i = 0; i < CHANNELS; i++) {
                    var all = new ArrayList<Message>(List.of(new Message.Moved(cursor)));
                    all.addAll(first.get(i).get());
                    assertThat(checker.faults(List.of("herd.k" + i), all, true)).isEmpty();
                }
                long log = cluster.bytes(TOPIC);
                long read = bytesReadBack();
                System.out.printf(
                        "%d clients resumed %d events each from %d bytes of log in %.1f s: %d bytes read from Kafka%n",
                        CLIENTS, EVENTS / CHANNELS, log, seconds, read);
                assertThat(read).isPositive().isLessThan(2 * log);
            }
        }
    }

    private static TestGateway gateway(Cluster cluster) {
        return TestGateway.route(cluster, TOPIC).logs(10, 1 << 20, 10).start();
    }

    private static List<Message> messages(int port, String query, String cursor) throws IOException {
        try (var stream = connected(port, query, cursor)) {
            return Clients.events(stream, EVENTS / CHANNELS);
        }
    }

    /// Keeps no more of the events than that, for there are many.
    private static List<Long> numbers(int port, String query, String cursor) throws IOException {
        try (var stream = connected(port, query, cursor)) {
            var numbers = new ArrayList<Long>();
            while (numbers.size() < EVENTS / CHANNELS) {
                numbers.addAll(Clients.numbers(Clients.until(stream, Message.Event.class::isInstance)));
            }
            return numbers;
        }
    }

    private static Stream connected(int port, String query, String cursor) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(
                        () -> SseClient.open(Target.local(port).patience(Duration.ofMinutes(2)), query, cursor),
                        stream -> true);
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
