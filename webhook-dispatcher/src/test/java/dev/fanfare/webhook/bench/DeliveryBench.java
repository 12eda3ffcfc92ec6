package dev.fanfare.webhook.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.e2e.Bench;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// How many deliveries a second, at what cost, and next to a bare loop of OkHttp over the same receiver in the same
/// run. `docs/webhooks.md` has the command.
@EnabledIfSystemProperty(named = "fanfare.bench", matches = "true")
class DeliveryBench {
    static final byte[] DATA = ("{\"order\":\"42\",\"note\":\"" + "x".repeat(174) + "\"}").getBytes(US_ASCII);
    private static final String PARKED = "fanfare_webhook_parked_by_lanes_total";
    private static final int DELIVERIES = Integer.getInteger("fanfare.bench.deliveries", 200_000);

    @TempDir
    private Path dir;

    private static IntStream endpoints() {
        return Arrays.stream(System.getProperty("fanfare.bench.endpoints", "1,10,1000")
                        .split(","))
                .mapToInt(Integer::parseInt);
    }

    @ParameterizedTest
    @MethodSource("endpoints")
    void delivers(int endpoints) throws IOException, InterruptedException {
        int events = DELIVERIES / endpoints;
        int deliveries = events * endpoints;
        try (var receiver = new CountingReceiver();
                var bench = Bench.prepare(dir, receiver.port(), endpoints)) {
            while (receiver.received() < endpoints) {
                bench.publish(1, DATA); // until it reads
                Thread.sleep(200);
            }
            long warm = receiver.received();
            bench.publish(Math.max(1, events / 4), DATA);
            await().atMost(Duration.ofMinutes(3))
                    .until(() -> receiver.received() - warm >= (long) Math.max(1, events / 4) * endpoints);
            await().atMost(Duration.ofMinutes(3)).until(() -> bench.metric("fanfare_webhook_parked") == 0);
            long all = receiver.received() + deliveries;
            bench.publish(events, DATA);
            long begun = receiver.received(); // while Kafka was being filled
            long statements = bench.statements();
            double parked = bench.metric(PARKED);
            long cpu = bench.cpuMillis();
            long start = System.nanoTime();
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofMinutes(10))
                    .until(() -> receiver.received() >= all);
            double seconds = (System.nanoTime() - start) / 1e9;
            double cpuSeconds = (bench.cpuMillis() - cpu) / 1e3;
            long measured = all - begun;
            await().until(() -> bench.metric("fanfare_webhook_journal_pending") == 0);
            System.out.printf(
                    "%d endpoints: %d deliveries in %.1f s = %.0f/s, %.0f us CPU each%n",
                    endpoints, measured, seconds, measured / seconds, cpuSeconds * 1e6 / measured);
            System.out.printf(
                    "   SQL statements per delivery %.4f, parked by lanes %.0f%n",
                    (double) (bench.statements() - statements) / measured, bench.metric(PARKED) - parked);
            double bare = bare(receiver, Math.min(1000, 8 * endpoints), deliveries);
            System.out.printf("   the bare loop: %.0f/s; ratio %.2f%n", bare, measured / seconds / bare);
        }
    }

    private static double bare(CountingReceiver receiver, int threads, int requests)
            throws IOException, InterruptedException {
        var output = Files.createTempFile("bare", ".log");
        long before = receiver.received();
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseCompactObjectHeaders",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareLoop.class.getName(),
                        Integer.toString(receiver.port()),
                        Integer.toString(requests + requests / 10),
                        Integer.toString(threads))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofMinutes(3))
                .until(() -> receiver.received() - before >= requests / 10);
        long start = System.nanoTime();
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofMinutes(10))
                .until(() -> receiver.received() - before >= requests + requests / 10);
        double seconds = (System.nanoTime() - start) / 1e9;
        process.waitFor();
        Files.deleteIfExists(output);
        return requests / seconds;
    }

    static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
