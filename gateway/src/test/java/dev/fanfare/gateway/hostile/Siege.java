package dev.fanfare.gateway.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.time.Duration;
import java.util.function.IntFunction;
import org.awaitility.Awaitility;

/// A gateway under attack: with bystanders, and with what it held before. [#close] says what an attack left behind.
final class Siege implements AutoCloseable {
    private static final long TOLERANCE = 12 << 20; // the broker lives in this JVM too

    private final Gateways.Running gateway;
    private final IntFunction<Socket> connect;
    private final Bystanders bystanders;
    private final long heldBefore;

    private Siege(Gateways.Running gateway, IntFunction<Socket> connect, Bystanders bystanders) {
        this.gateway = gateway;
        this.connect = connect;
        this.bystanders = bystanders;
        this.heldBefore = heapBytes();
    }

    /// @param topic see [Bystanders]
    static Siege of(Gateways.Running gateway, String topic, String... headers) throws IOException {
        return of(gateway, topic, Requests::plain, headers);
    }

    static Siege of(Gateways.Running gateway, String topic, IntFunction<Socket> connect, String... headers)
            throws IOException {
        var bystanders = Bystanders.of(gateway, topic, connect, headers);
        bystanders.areServed();
        return new Siege(gateway, connect, bystanders);
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /// To be asked while the attack is at its worst.
    void harmsNobody() {
        bystanders.areServed();
    }

    /// The sum of a metric over its labels, but those that have not this text.
    double metric(String name, String label) throws IOException {
        try (var client = RawClient.over(connect.apply(gateway.port()))) {
            return client.get("/metrics")
                    .answer()
                    .text()
                    .lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .filter(line -> line.contains(label))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    @Override
    public void close() throws IOException {
        try (bystanders) {
            bystanders.areServed();
            var soon = Awaitility.await().atMost(Duration.ofSeconds(20));
            soon.untilAsserted(() -> assertThat(metric("fanfare_sessions", ""))
                    .as("the bystanders' sessions")
                    .isEqualTo(2));
            soon.untilAsserted(
                    () -> assertThat(metric("fanfare_unwritten_bytes", "")).isLessThan(10_000));
            soon.pollInterval(Duration.ofMillis(200))
                    .untilAsserted(
                            () -> assertThat(heapBytes()).as("bytes held").isLessThan(heldBefore + TOLERANCE));
        }
    }
}
