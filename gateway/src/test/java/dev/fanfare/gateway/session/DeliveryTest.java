package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.channel.PositionVector;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.protocol.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Everything, in order, once: whatever the client, the logs and the node go through.
class DeliveryTest {
    private static final String[] PATTERNS = {"a.*", "a.1", "b"};
    private static final List<String> CHANNELS = List.of("a.1", "a.2", "a.3", "b", "c", "c.d");
    private static final GatewaySettings.Replay REPLAY = new GatewaySettings.Replay(
            1, 4, 1000, 1 << 20, Duration.ofSeconds(30), 1_000_000, 1 << 20, Duration.ofSeconds(1));

    /// One node over the log that all nodes share.
    private static TestNode begin(Log log, Map<Integer, Long> at, int channelEvents) {
        var node = new TestNode(log, channelEvents, REPLAY, 400);
        log.begin(node.channels, at);
        return node;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void deliversEverythingInOrderAndOnce(int salt) throws Exception {
        long seed = System.nanoTime() + salt;
        System.out.println("seed " + seed);
        new Run(seed).go();
    }

    @Test
    void wouldNoticeALossADoubleAndASwap() {
        var expected = Map.of(0, List.of(0L, 1L, 2L));
        assertThat(Run.fault(expected, List.of("0/0", "0/2"))).contains("loss");
        assertThat(Run.fault(expected, List.of("0/0", "0/1", "0/1", "0/2"))).contains("0/1");
        assertThat(Run.fault(expected, List.of("0/0", "0/2", "0/1"))).contains("0/2");
        assertThat(Run.fault(expected, List.of("0/0", "0/1", "0/2"))).isEmpty();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private static final class Run {
        private final RandomGenerator random;
        private final Log log = new Log(3);
        private final List<String> received = new ArrayList<>();
        private TestNode node;
        private Client client = new Client();
        private Session session;

        Run(long seed) throws InterruptedException {
            random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
            node = begin(log, Map.of(), 3);
            session = node.open(client, new StartPoint.Live(), PATTERNS);
            soon().until(() -> client.cursor() != null);
        }

        void go() throws InterruptedException {
            for (int step = 0; step < 1500; step++) {
                switch (random.nextInt(16)) {
                    case 0, 1, 2, 3, 4 -> write();
                    case 5, 6, 7, 8 -> log.feed(node.channels, random.nextInt(1, 20));
                    case 9 -> client.stopReading();
                    case 10, 11 -> client.read();
                    case 12 -> client.breakAfter(random.nextInt(6));
                    case 13 -> session.tick(System.nanoTime() + TestNode.HEARTBEAT.toNanos());
                    case 14 -> {
                        if (random.nextInt(3) == 0) {
                            restart();
                        }
                    }
                    default -> {
                        if (random.nextInt(3) == 0) {
                            reconnect();
                        }
                    }
                }
                if (client.closed() != null) {
                    reconnect();
                }
            }
            reconnect();
            log.away = false;
            log.feed(node.channels);
            var expected = log.matching(TestNode.patterns(PATTERNS), PositionVector.START);
            soon().untilAsserted(() -> assertThat(fault(expected, all())).isEmpty());
            session.end(CloseReason.SHUTTING_DOWN);
            soon().until(() -> client.closed() != null);
            received.addAll(client.events());
            node.close();
            assertThat(fault(expected, received)).isEmpty();
            assertThat(client.lines("gap")).isEmpty();
        }

        private List<String> all() {
            var all = new ArrayList<>(received);
            all.addAll(client.events());
            return all;
        }

        private void write() {
            for (int n = random.nextInt(6); n >= 0; n--) {
                if (random.nextInt(10) == 0) {
                    log.hole(random.nextInt(3));
                } else {
                    log.write(random.nextInt(3), CHANNELS.get(random.nextInt(CHANNELS.size())), "x");
                }
            }
            log.away = random.nextInt(20) == 0;
        }

        private void reconnect() throws InterruptedException {
            if (random.nextBoolean()) {
                session.end(CloseReason.CLIENT_GONE);
            } else {
                client.read();
                session.end(CloseReason.SHUTTING_DOWN);
            }
            var left = client;
            soon().until(() -> left.closed() != null);
            received.addAll(client.events());
            var cursor = Objects.requireNonNull(client.cursor());
            client = new Client();
            session = node.open(client, new StartPoint.AtCursor(cursor), PATTERNS);
            soon().until(() -> client.cursor() != null);
        }

        private void restart() throws InterruptedException {
            session.end(CloseReason.CLIENT_GONE);
            var left = node;
            soon().until(() -> left.sessions.all().isEmpty());
            left.close();
            var at = new HashMap<Integer, Long>();
            for (int p = 0; p < 3; p++) { // a little behind the end, or even further back than the last one was
                at.put(p, Math.max(0, log.end(p) - random.nextInt(20)));
            }
            node = begin(log, at, random.nextInt(1, 12));
            reconnect();
        }

        /// What is wrong; empty if nothing is.
        static String fault(Map<Integer, List<Long>> expected, List<String> events) {
            var byPartition = new HashMap<Integer, List<Long>>();
            for (var event : events) {
                int slash = event.indexOf('/');
                byPartition
                        .computeIfAbsent(Integer.parseInt(event.substring(0, slash)), _ -> new ArrayList<>())
                        .add(Long.parseLong(event.substring(slash + 1)));
            }
            for (var partition : expected.entrySet()) {
                var got = byPartition.getOrDefault(partition.getKey(), List.of());
                var wanted = partition.getValue();
                for (int i = 0; i < Math.max(got.size(), wanted.size()); i++) {
                    if (i >= got.size() || i >= wanted.size() || !got.get(i).equals(wanted.get(i))) {
                        return "loss, double or swap in partition %d at its event %d: %s instead of %s"
                                .formatted(
                                        partition.getKey(),
                                        i,
                                        i < got.size() ? partition.getKey() + "/" + got.get(i) : "nothing",
                                        i < wanted.size() ? partition.getKey() + "/" + wanted.get(i) : "nothing");
                    }
                }
            }
            return "";
        }
    }
}
