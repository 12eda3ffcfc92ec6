package dev.fanfare.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.Signaller;
import dev.fanfare.gateway.channel.States;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.Policy;
import dev.fanfare.gateway.protocol.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Under every policy, whatever a client does and however often it comes back: nothing comes out of order or twice,
/// what its policy keeps comes, what it drops is told, and each key ends on its newest value.
///
/// `-Dfanfare.seed=N` repeats a run.
@Timeout(300)
class PolicyPropertyTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final GatewaySettings.Replay REPLAY =
            new GatewaySettings.Replay(1, 2, 1000, 1 << 20, HOUR, 1_000_000, 1 << 20, Duration.ofSeconds(1));
    private static final int RUNS = 30;
    private static final int PARTITIONS = 2;
    private static final int KEYS = 6;

    @ParameterizedTest
    @EnumSource(Policy.class)
    void keepsWhatItPromises(Policy policy) throws Exception {
        long seed = Long.getLong("fanfare.seed", System.nanoTime());
        System.out.println("PolicyPropertyTest " + policy + ": -Dfanfare.seed=" + seed);
        long withheld = 0;
        for (int run = 0; run < RUNS; run++) {
            try (var one = new Run(policy, new Random(seed * 31 + run))) {
                one.go();
                withheld += one.metrics.withheld(policy).sum();
            }
        }
        boolean keepsAll = policy == Policy.RESUME || policy == Policy.DISCONNECT;
        assertThat(withheld).isGreaterThan(keepsAll ? -1 : 0);
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private static final class Run implements AutoCloseable {
        private final Policy policy;
        private final Random random;
        private final List<ChannelPattern> patterns;
        private final @Nullable ChannelPattern whole; // one of them of which everything is wanted
        private final Terms terms;
        private final GatewaySettings.Session limits;
        private final Log log = new Log(PARTITIONS);
        private final Signaller signaller = new Signaller();
        private final SessionMetrics metrics = new SessionMetrics();
        private final Channels channels;
        private final Sessions sessions;
        private final Starts starts;
        private final Map<String, @Nullable String> keys = new HashMap<>(); // by event
        private final Map<String, String> channelOf = new HashMap<>();
        private final List<List<String>> written = List.of(new ArrayList<>(), new ArrayList<>());
        private final List<String> received = new ArrayList<>();
        private final List<String> gaps = new ArrayList<>();
        private Client client = new Client();
        private Session session;

        Run(Policy policy, Random random) throws InterruptedException {
            this.policy = policy;
            this.random = random;
            patterns =
                    List.of(List.of("a"), List.of("a", "b"), List.of("**"), List.of("*", "b"))
                            .get(random.nextInt(4))
                            .stream()
                            .map(ChannelPattern::parse)
                            .toList();
            whole = patterns.size() == 2 && policy != Policy.DISCONNECT && random.nextBoolean()
                    ? patterns.getLast()
                    : null;
            var interval = policy == Policy.SAMPLE ? Duration.ofMillis(random.nextInt(1, 8)) : Duration.ZERO;
            terms = new Terms(policy, interval, Priority.NORMAL);
            var settings = new PolicySettings(
                    List.of(policy), policy, Duration.ofSeconds(1), HOUR, HOUR, random.nextInt(1, 12));
            limits = new GatewaySettings.Session(
                    HOUR, HOUR, HOUR, HOUR, HOUR, Duration.ZERO, 10, 100, random.nextInt(1, 400), settings);
            channels = new Channels(1 << 20, random.nextInt(2, 30), HOUR, signaller);
            sessions = new Sessions(channels, log, metrics, 2, 1 << 20);
            starts = new Starts(channels, log, States.NONE, REPLAY);
            log.feed(channels);
            session = open(new StartPoint.Live());
        }

        private Session open(StartPoint from) throws InterruptedException {
            var options = SessionOptions.of(Transport.SSE, HOUR, Duration.ZERO, limits, REPLAY)
                    .with(terms);
            var opened = sessions.open(client, options, patterns, starts.find(from, patterns), true);
            var all = whole;
            if (all != null) {
                opened.command(s -> s.interests().add(all, Terms.USUAL));
            }
            soon().until(() -> client.cursor() != null);
            return opened;
        }

        void go() throws InterruptedException {
            boolean comesBack = whole == null; // terms are agreed on after the start: that would be too late
            for (int step = 0; step < 150; step++) {
                switch (random.nextInt(comesBack ? 9 : 8)) {
                    case 0, 1, 2 -> write(random.nextInt(12));
                    case 3, 4 -> log.feed(channels, random.nextInt(1, 15));
                    case 5 -> client.stopReading();
                    case 6, 7 -> client.read();
                    default -> client.breakAfter(random.nextInt(8));
                }
                if (comesBack && (client.closed() != null || random.nextInt(40) == 0)) {
                    comeBack();
                }
            }
            client.read();
            log.feed(channels);
            write(3);
            log.feed(channels);
            soon().untilAsserted(() -> {
                if (comesBack && client.closed() != null) {
                    comeBack();
                }
                assertThat(missing()).as(this::toString).isEmpty();
            });
            session.end(CloseReason.SHUTTING_DOWN);
            soon().until(() -> client.closed() != null);
            leave();
            assertThat(missing()).isEmpty();
            assertThat(disorder()).isEmpty();
            assertThat(gaps).allMatch(gap -> policy == Policy.DROP_OLDEST && gap.endsWith(" slow"));
        }

        private void write(int count) {
            for (int n = 0; n < count; n++) {
                int partition = random.nextInt(PARTITIONS);
                var key = random.nextInt(10) == 0 ? null : "k" + random.nextInt(KEYS);
                var channel = random.nextInt(3) == 0 ? "b" : "a";
                var event = partition + "/" + log.end(partition);
                log.write(partition, channel, "x", 1_700_000_000_000L, key);
                keys.put(event, key);
                channelOf.put(event, channel);
                written.get(partition).add(event);
            }
        }

        private void comeBack() throws InterruptedException {
            client.read();
            session.end(random.nextBoolean() ? CloseReason.CLIENT_GONE : CloseReason.SHUTTING_DOWN);
            soon().until(() -> client.closed() != null);
            leave();
            var cursor = Objects.requireNonNull(client.cursor());
            client = new Client();
            session = open(new StartPoint.AtCursor(cursor));
        }

        private void leave() {
            received.addAll(client.events());
            gaps.addAll(client.lines("gap"));
        }

        private List<String> all() {
            var all = new ArrayList<>(received);
            if (client.closed() == null) {
                all.addAll(client.events());
            }
            return all;
        }

        /// What has not come and should have.
        private Set<String> missing() {
            var missing = new TreeSet<String>();
            var got = new HashSet<>(all());
            for (var partition : written) {
                var newer = new HashSet<String>();
                for (var event : partition.reversed()) {
                    var channel = Objects.requireNonNull(channelOf.get(event));
                    if (got.contains(event) || patterns.stream().noneMatch(p -> p.matches(channel(channel)))) {
                        if (got.contains(event) && !isWhole(channel)) {
                            newer.add(String.valueOf(keys.get(event)));
                        }
                        continue;
                    }
                    if (isWanted(event, channel, newer)) {
                        missing.add(event);
                    }
                }
            }
            return missing;
        }

        /// @param newer keys of which something newer has come
        private boolean isWanted(String event, String channel, Set<String> newer) {
            if (isWhole(channel)) {
                return true;
            }
            return switch (policy) {
                case RESUME, DISCONNECT -> true;
                case CONFLATE, SAMPLE -> keys.get(event) == null || !newer.contains(keys.get(event));
                case DROP_OLDEST -> !isTold(event);
            };
        }

        private boolean isWhole(String channel) {
            var all = whole;
            return all != null && all.matches(channel(channel));
        }

        private static ChannelName channel(String name) {
            return new ChannelName(name);
        }

        private boolean isTold(String event) {
            var told = new ArrayList<>(gaps);
            if (client.closed() == null) {
                told.addAll(client.lines("gap"));
            }
            var at = event.split("/", 2);
            return told.stream().anyMatch(gap -> {
                var part = gap.split("[ -]", 4); // t/0 1-10 slow
                return part[0].equals("t/" + at[0])
                        && Long.parseLong(part[1]) <= Long.parseLong(at[1])
                        && Long.parseLong(part[2]) > Long.parseLong(at[1]);
            });
        }

        @Override
        public String toString() {
            return "of %s as %s, except %s; keys %s; came %s, now %s"
                    .formatted(patterns, terms, whole, keys, received, client.all());
        }

        /// What came twice, or after something newer of its partition.
        private List<String> disorder() {
            var faults = new ArrayList<String>();
            var last = new HashMap<String, Long>();
            for (var event : received) {
                var at = event.split("/", 2);
                long offset = Long.parseLong(at[1]);
                if (offset <= last.getOrDefault(at[0], -1L)) {
                    faults.add(event + " after " + last.get(at[0]));
                }
                last.put(at[0], offset);
            }
            return faults;
        }

        @Override
        public void close() {
            client.read();
            sessions.endAll(CloseReason.SHUTTING_DOWN);
            sessions.close();
            signaller.close();
        }
    }
}
