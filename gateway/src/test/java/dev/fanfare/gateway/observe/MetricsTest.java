package dev.fanfare.gateway.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import io.helidon.metrics.api.MetricsFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `/metrics`, against `docs/operations.md`.
@Timeout(60)
class MetricsTest {
    private static final Pattern ROW =
            Pattern.compile("\\| `(fanfare_\\w+)` \\| (gauge|counter|histogram) \\|([^|]*)\\|.*");
    private static final Pattern SAMPLE = Pattern.compile("(fanfare_\\w+)(?:\\{([^}]*)})? .*");

    private static LocalBroker broker;
    private static String topic;
    private static String orders;
    private static String presence;

    @BeforeAll
    static void start() {
        broker = LocalBroker.get();
        topic = broker.newTopic("metrics", 2);
        orders = broker.newTopic("orders", 1);
        presence = broker.newTopic("presence", 1);
    }

    private static Gateways.Running gateway() {
        var gateways = new Gateways().route(topic, "{topic}.{key}");
        gateways.cluster = new ClusterSettings(
                Optional.empty(),
                Optional.of(orders),
                new ClusterSettings.Presence(
                        Optional.of(presence),
                        List.of(ChannelPattern.parse("**")),
                        List.of(),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(30),
                        10,
                        10));
        return gateways.start();
    }

    /// Names with their labels.
    private static Map<String, Set<String>> documented() throws IOException {
        var rows = new TreeMap<String, Set<String>>();
        for (var line : Files.readAllLines(Path.of("..", "docs", "operations.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(row.group(1).endsWith("_total"))
                        .as(line)
                        .isEqualTo(row.group(2).equals("counter"));
                var labels = labels("`(\\w+)`", row.group(3));
                if (row.group(2).equals("histogram")) {
                    rows.put(row.group(1) + "_sum", labels);
                    rows.put(row.group(1) + "_count", labels);
                    labels = new TreeSet<>(labels);
                    labels.add("le");
                    rows.put(row.group(1) + "_bucket", labels);
                } else {
                    rows.put(row.group(1), labels);
                }
            }
        }
        return rows;
    }

    private static Set<String> labels(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .filter(label -> !label.equals("scope"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, Set<String>> served(Gateways.Running gateway) throws IOException {
        var served = new TreeMap<String, Set<String>>();
        gateway.get("/metrics").text().lines().forEach(line -> {
            var sample = SAMPLE.matcher(line);
            if (sample.matches()) {
                served.put(sample.group(1), labels("(\\w+)=\"", Objects.requireNonNullElse(sample.group(2), "")));
            }
        });
        return served;
    }

    @Test
    void servesWhatIsDocumentedAndNoOther() throws IOException {
        try (var gateway = gateway()) {
            Awaitility.await().untilAsserted(() -> assertThat(served(gateway)).isEqualTo(documented()));
            var answer = gateway.get("/metrics", "Accept: text/plain");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).startsWith("text/plain");
            assertThat(answer.text())
                    .contains(
                            "# HELP fanfare_sessions Open sessions",
                            "# TYPE fanfare_gaps_total counter",
                            "# TYPE fanfare_delivery_seconds histogram");
            assertThat(gateway.get("/metrics", "Accept: application/openmetrics-text")
                            .text())
                    .contains("# TYPE fanfare_delivery_seconds histogram");
        }
    }

    @Test
    void countsWhatHappens() throws IOException {
        try (var gateway = gateway();
                var client = gateway.connect()) {
            client.openStream("/v1/events?channel=" + topic + ".x");
            var events = new EventSourceParser(client.in());
            events.message("ready");
            var before = gateway.metric("fanfare_events_in_total", "");
            broker.send(topic, 0, "x", "12345".getBytes(UTF_8));
            broker.send(topic, 0, null, "no key: no channel".getBytes(UTF_8));
            broker.send(topic, 0, "x", "{".getBytes(UTF_8), "content-type", "application/cloudevents+json");
            broker.send(topic, 0, "x", "last".getBytes(UTF_8));
            events.message();
            events.message();
            assertThat(gateway.metric("fanfare_events_in_total", "") - before).isEqualTo(4);
            assertThat(gateway.metric("fanfare_unrouted_total", "")).isEqualTo(1);
            assertThat(gateway.metric("fanfare_undecodable_total", "reason=\"invalid-json\""))
                    .isEqualTo(1);
            assertThat(gateway.metric("fanfare_deliveries_total", "")).isEqualTo(2);
            assertThat(gateway.metric("fanfare_encodes_total", "")).isEqualTo(2);
            assertThat(gateway.metric("fanfare_encode_nanoseconds_total", "")).isPositive();
            assertThat(gateway.metric("fanfare_bytes_out_total", "")).isPositive();
            assertThat(gateway.metric("fanfare_sessions", "transport=\"sse\"")).isEqualTo(1);
            assertThat(gateway.metric("fanfare_kafka_reachable", "")).isEqualTo(1);
            assertThat(gateway.metric("fanfare_feed_ready", "")).isEqualTo(1);
            client.socket().close();
            Awaitility.await().untilAsserted(() -> {
                assertThat(gateway.metric("fanfare_sessions", "transport=\"sse\""))
                        .isZero();
                assertThat(gateway.metric("fanfare_sessions_ended_total", "reason=\"client-gone\""))
                        .isEqualTo(1);
            });
        }
    }

    private static long latencies(Gateways.Running gateway, String suffix, String... labels) throws IOException {
        return (long) gateway.get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith("fanfare_delivery_seconds_" + suffix + "{"))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void measuresTheWayFromTheRecordToTheSocketOfWhoeverIsCaughtUp() throws IOException {
        try (var gateway = gateway();
                var live = gateway.connect();
                var poll = gateway.connect()) {
            live.openStream("/v1/events?channel=" + topic + ".late");
            var events = new EventSourceParser(live.in());
            events.message("ready");
            poll.get("/v1/events?transport=poll&wait=30&channel=" + topic + ".late");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(gateway.metric("fanfare_sessions", "transport=\"poll\""))
                            .isEqualTo(1));
            broker.send(topic, 0, "late", "1".getBytes(UTF_8), System.currentTimeMillis() - 700);
            var cursor = events.message().lastEventId();
            assertThat(poll.answer().text()).contains("\"data\":1");
            for (var transport : List.of("transport=\"sse\"", "transport=\"poll\"")) {
                Awaitility.await()
                        .untilAsserted(() -> assertThat(latencies(gateway, "count", transport))
                                .isEqualTo(1));
                assertThat(latencies(gateway, "bucket", transport, "le=\"0.5\""))
                        .isZero();
                assertThat(latencies(gateway, "bucket", transport, "le=\"60.0\""))
                        .isEqualTo(1);
            }
            assertThat(gateway.metric("fanfare_delivery_seconds_sum", "transport=\"sse\""))
                    .isGreaterThanOrEqualTo(0.7);
            assertThat(latencies(gateway, "count", "transport=\"ws\"")).isZero();

            broker.send(topic, 0, "late", "2".getBytes(UTF_8), System.currentTimeMillis());
            events.message();
            try (var back = gateway.connect()) {
                back.openStream("/v1/events?channel=" + topic + ".late", "Last-Event-ID: " + cursor);
                var missed = new EventSourceParser(back.in());
                assertThat(missed.message("message").data()).isEqualTo("2");
                assertThat(gateway.metric("fanfare_sessions_begun_total", "from=\"memory\""))
                        .isEqualTo(1);
                Awaitility.await()
                        .untilAsserted(() -> assertThat(
                                        gateway.metric("fanfare_session_states", "state=\"live\",transport=\"sse\""))
                                .isEqualTo(2));
                assertThat(latencies(gateway, "count", "transport=\"sse\""))
                        .as("what was missed is not late")
                        .isEqualTo(2);
                broker.send(topic, 0, "late", "3".getBytes(UTF_8), System.currentTimeMillis());
                assertThat(missed.message("message").data()).isEqualTo("3");
                events.message();
                Awaitility.await()
                        .untilAsserted(() -> assertThat(latencies(gateway, "count", "transport=\"sse\""))
                                .isEqualTo(4));
            }
            assertThat(gateway.metric("fanfare_deliveries_total", "")).isEqualTo(6);
        }
    }

    @Test
    void addsUpTheGatewaysOfAProcessAndForgetsThemWhenTheyStop() throws IOException {
        try (var one = gateway();
                var first = one.connect()) {
            first.openStream("/v1/events?channel=a");
            try (var two = gateway();
                    var second = two.connect()) {
                second.openStream("/v1/events?channel=a");
                Awaitility.await()
                        .untilAsserted(() -> assertThat(two.metric("fanfare_sessions", "transport=\"sse\""))
                                .isEqualTo(2));
            }
            assertThat(one.metric("fanfare_sessions", "transport=\"sse\"")).isEqualTo(1);
        }
        assertThat(MetricsFactory.getInstance().globalRegistry().meters().stream()
                        .map(meter -> meter.id().name())
                        .filter(name -> name.startsWith("fanfare")))
                .isEmpty();
        try (var again = gateway()) {
            assertThat(again.metric("fanfare_sessions", "transport=\"sse\"")).isZero();
            assertThat(again.metric("fanfare_deliveries_total", "")).isZero();
            assertThat(latencies(again, "count")).isZero();
            assertThat(again.metric("fanfare_feed_ready", "")).isEqualTo(1);
        }
    }

    @Test
    void hasNumbersOfTheJvmAndOfRequestsToo() throws IOException {
        try (var gateway = gateway()) {
            assertThat(gateway.get("/metrics").text()).contains("memory_usedHeap_bytes{", "requests_count_total{");
            Awaitility.await().untilAsserted(() -> {
                System.gc(); // its pause is told by a thread of the JVM
                assertThat(gateway.metric("fanfare_gc_pause_seconds_count", "")).isPositive();
            });
        }
    }
}
