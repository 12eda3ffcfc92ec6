package dev.fanfare.gateway.ingest;

import dev.fanfare.gateway.config.GatewaySettings.Feed;
import dev.fanfare.gateway.config.GatewaySettings.OnDemand;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What the feed's thread costs per record that nobody listens to; Kafka's consumer runs on it. The figures are in
/// `docs/scaling.md`.
@EnabledIfSystemProperty(named = "fanfare.bench", matches = "true")
class UnheardBench {
    private static final int RECORDS = Integer.getInteger("fanfare.bench.records", 2_000_000);
    private static final int PARTITIONS = 6;
    private static final int KEYS = 1000;
    private static final int BYTES = Integer.getInteger("fanfare.bench.bytes", 200);

    @ParameterizedTest
    @EnumSource
    void costsSoMuch(OnDemand how) throws IOException {
        var broker = LocalBroker.get();
        var topic = broker.newTopic("unheard", PARTITIONS);
        var gateways = new Gateways().route(topic, "{topic}.{key}");
        gateways.feed = new Feed(0, Duration.ofSeconds(5), Duration.ofSeconds(5), how);
        try (var gateway = gateways.start();
                var client = gateway.connect()) {
            client.get("/v1/events?channel=" + topic + ".listened", "Accept: text/event-stream"); // one, of one key
            Awaitility.await().until(() -> gateway.metric("fanfare_sessions", "transport=\"sse\"") == 1);
            publish(topic, RECORDS / 10, broker); // warms up
            settle(gateway, how);
            double readBefore = gateway.metric("fanfare_events_in_total", "");
            long cpuBefore = feedCpu();
            publish(topic, RECORDS, broker);
            settle(gateway, how);
            long nanos = feedCpu() - cpuBefore;
            double read = gateway.metric("fanfare_events_in_total", "") - readBefore;
            System.out.printf(
                    "on-demand %s: %,d records written of %d bytes, %,.0f read; the feed took %,.0f ns per record written,"
                            + " %,.0f per record read%n",
                    how, RECORDS, BYTES, read, (double) nanos / RECORDS, nanos / Math.max(1, read));
        }
    }

    /// Until no more records come.
    private static void settle(Gateways.Running gateway, OnDemand how) {
        var last = new double[] {-1};
        Awaitility.await()
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(how == OnDemand.OFF ? 500 : 1000))
                .until(() -> {
                    double before = last[0];
                    last[0] = gateway.metric("fanfare_events_in_total", "");
                    return last[0] == before;
                });
    }

    private static long feedCpu() {
        var threads = ManagementFactory.getThreadMXBean();
        for (var thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().equals("feed")) {
                return threads.getThreadCpuTime(thread.getThreadId());
            }
        }
        throw new IllegalStateException("no feed");
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flushed
    private static void publish(String topic, int records, LocalBroker broker) {
        var settings = Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "linger.ms", 5);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            var value =
                    ("{\"pad\":\"" + "x".repeat(BYTES - 10) + "\"}").getBytes(java.nio.charset.StandardCharsets.UTF_8);
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, "k" + i % KEYS, value));
            }
        }
    }
}
