package dev.fanfare.gateway.faults;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.config.ManagementSettings;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.Listener;
import dev.fanfare.gateway.testing.Listener.Sse;
import dev.fanfare.gateway.testing.Listener.Ws;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Three gateways, one of them a process that can be killed, know together who is on a channel.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class PresenceTest {
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final Duration LEASE = Duration.ofSeconds(2);

    private static final String OPERATOR = "of-the-operator-and-of-nobody-else-0123456789";

    @TempDir
    private static Path dir;

    private static String topic;
    private static String presence;
    private static Issuer issuer;
    private static Gateways.Running one;
    private static Gateways.Running two;
    private static GatewayProcess three;

    @BeforeAll
    static void start() throws IOException {
        topic = LocalBroker.get().newTopic("present", 1);
        presence = LocalBroker.get().newTopic("presence", 1);
        issuer = Issuer.start("https://id.example.com/");
        one = gateways("one").start();
        two = gateways("two").start();
        three = GatewayProcess.local(
                        dir,
                        "three",
                        List.of(
                                "kafka.bootstrap.servers: " + LocalBroker.get().bootstrapServers(),
                                "routes: [{topics: [" + topic + "], channels: ['{key}']}]",
                                "access.issuers: [" + issuer.configuration() + "]",
                                "cluster: {node: three, presence: {topic: " + presence
                                        + ", counts: '*.*', members: 'room.*', "
                                        + "interval: 100ms, lease: 2s, channels-max: 4, members-max: 3}}",
                                "server.page: false"))
                .start();
    }

    @AfterAll
    static void stop() {
        three.close();
        one.close();
        two.close();
        issuer.close();
    }

    private static Gateways gateways(String name) {
        var gateways = new Gateways()
                .route(topic, "{key}")
                .heartbeats(ofMinutes(5), ofMinutes(5), ofMinutes(10)); // no client here answers to one
        gateways.management = new ManagementSettings(true, "127.0.0.1", 0, Optional.of(OPERATOR), 0);
        gateways.access = Secured.by(issuer).access();
        gateways.cluster = new ClusterSettings(
                Optional.of(name),
                Optional.empty(),
                new ClusterSettings.Presence(
                        Optional.of(presence), patterns("*.*"), patterns("room.*"), INTERVAL, LEASE, 4, 3));
        return gateways;
    }

    private static List<ChannelPattern> patterns(String text) {
        return List.of(ChannelPattern.parse(text));
    }

    private static String as(String subject) {
        return "Authorization: Bearer " + issuer.allowing(subject, List.of("*.*", "elsewhere"), List.of());
    }

    private static String asked(Gateways.Running gateway, String channel) throws IOException {
        return gateway.get("/v1/presence?channel=" + channel, as("asks")).text();
    }

    /// Within less than ten leases, after which a node would be forgotten anyway.
    private static void await(Gateways.Running gateway, String channel, int count, String members) {
        Awaitility.await()
                .atMost(LEASE.multipliedBy(5))
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(asked(gateway, channel))
                        .isEqualTo(
                                "{\"channels\":[{\"channel\":\"%s\",\"count\":%d,\"complete\":true,\"members\":[%s]}]}"
                                        .formatted(channel, count, members)));
    }

    /// What the first node tells its operators of those that it knows of: a name, whether it is the one that is asked,
    /// and its SSE sessions.
    private static List<String> nodes() throws IOException {
        try (var client = RawClient.connect(one.gateway().managementPort().orElseThrow())) {
            var answer = client.get("/v1/nodes", "Authorization: Bearer " + OPERATOR)
                    .answer()
                    .text();
            assertThat(answer).doesNotContain("doubt");
            return Pattern.compile("\"node\":\"(\\w+)\",\"self\":(\\w+),.*?\"ready\":true,.*?\"sse\":(\\d+)")
                    .matcher(answer)
                    .results()
                    .map(node -> node.group(1) + " " + node.group(2) + " " + node.group(3))
                    .toList();
        }
    }

    private static void awaitNodes(String... nodes) {
        Awaitility.await()
                .atMost(LEASE.multipliedBy(5))
                .pollInterval(Duration.ofMillis(50))
                .until(PresenceTest::nodes, List.of(nodes)::equals);
    }

    private static String member(String subject, int sessions) {
        return "{\"issuer\":\"https://id.example.com/\",\"sub\":\"%s\",\"sessions\":%d}".formatted(subject, sessions);
    }

    private static int port() {
        return three.address().orElseThrow().getPort();
    }

    @Test
    void countsOnAllNodesUntilOneIsKilled() throws IOException {
        var room = "channel=room.1";
        try (var ann = Sse.open(one, room, as("ann"));
                var annAgain = Ws.open(two, room, as("ann"));
                var bob = Sse.open(port(), room, as("bob"));
                var anybody = Ws.open(port(), "channel=room.*", as("eve"))) {
            var both = member("ann", 2) + "," + member("bob", 1);
            await(one, "room.1", 3, both);
            await(two, "room.1", 3, both);
            await(two, "room.*", 1, member("eve", 1));
            awaitNodes("one true 1", "three false 1", "two false 0");
            ann.client().close();
            await(two, "room.1", 2, member("ann", 1) + "," + member("bob", 1));
            three.kill();
            await(one, "room.1", 1, member("ann", 1));
            await(two, "room.1", 1, member("ann", 1));
            await(one, "room.*", 0, "");
            awaitNodes("one true 0", "two false 0");
            three.start();
            try (var back = Sse.open(port(), room, as("bob"))) {
                await(one, "room.1", 2, member("ann", 1) + "," + member("bob", 1));
                assertThat(back.ready()).contains("ready");
                awaitNodes("one true 0", "three false 1", "two false 0");
            }
            assertThat(annAgain.ready()).contains("ready");
            assertThat(bob.ready()).isNotEmpty();
            assertThat(anybody.ready()).isNotEmpty();
        }
        await(two, "room.1", 0, "");
    }

    @Test
    void tellsWhoComesAndGoes() throws IOException {
        try (var watcher = Ws.open(one, "channel=room.2&channel=elsewhere&presence=true", as("ann"));
                var streamed = Sse.open(two, "channel=room.2&presence=true", as("cat"))) {
            untilMember(watcher, "joined", "ann");
            untilMember(streamed, "joined", "cat");
            try (var bob = Ws.open(two, "channel=room.2", as("bob"))) {
                var told = untilMember(watcher, "joined", "bob");
                assertThat(told).contains("\"channel\":\"room.2\"", "\"left\":[]", "\"complete\":true");
                untilMember(streamed, "joined", "bob");
                assertThat(bob.ready()).isNotEmpty();
            }
            assertThat(untilMember(watcher, "left", "bob")).contains("\"joined\":[]");
            untilMember(streamed, "left", "bob");
        }
    }

    /// Several may be told of together.
    private static String untilMember(Listener listener, String how, String who) throws IOException {
        while (true) {
            var told = listener.until("\"type\":\"presence\"");
            int from = told.indexOf("\"" + how + "\":[");
            if (told.substring(from, told.indexOf(']', from)).contains("\"" + who + "\"")) {
                return told;
            }
        }
    }

    @Test
    void tellsNoMoreMembersThanItMayAndCountsNoMoreChannels() throws IOException {
        var open = new ArrayList<Sse>();
        try {
            for (int i = 0; i < 5; i++) {
                open.add(Sse.open(one, "channel=room.3", as("m" + i)));
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(asked(two, "room.3"))
                            .contains("\"count\":5,\"complete\":false")
                            .containsPattern("(?:\"sessions\":1}.*){3}"));
            open.add(Sse.open(one, "channel=many.1&channel=many.2&channel=many.3&channel=many.4", as("m")));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(one.metric("fanfare_presence_uncounted", ""))
                            .isPositive());
        } finally {
            for (var sse : open) {
                sse.close();
            }
        }
    }

    @Test
    void tellsOnlyWhoMayHearAndOnlyWhatIsCounted() throws IOException {
        assertThat(one.get("/v1/presence?channel=room.1").status()).isEqualTo(401);
        var narrow = "Authorization: Bearer " + issuer.allowing("n", List.of("room.1"), List.of());
        assertThat(one.get("/v1/presence?channel=room.2", narrow).text()).contains("forbidden");
        assertThat(one.get("/v1/presence?channel=elsewhere", as("a")).text()).contains("\"code\":\"invalid-channel\"");
        for (var bad : List.of("", "?channel=", "?channel=a..b", "?room=1", "?channel=room.1&count=true")) {
            assertThat(one.get("/v1/presence" + bad, as("a")).status()).as(bad).isEqualTo(400);
        }
        assertThat(one.get("/v1/events?channel=room.1&presence=true&wait=0", as("a"))
                        .text())
                .contains("GET /v1/presence");
        assertThat(one.get("/v1/events?channel=room.1&presence=yes&wait=0", as("a"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void countsNobodyWhereThatIsOff() throws IOException {
        var gateways = gateways("off");
        gateways.cluster = ClusterSettings.DEFAULT;
        try (var off = gateways.start()) {
            assertThat(off.get("/v1/presence?channel=room.1", as("a")).status()).isEqualTo(404);
            assertThat(off.get("/v1/events?channel=room.1&presence=true", as("a"), "Accept: text/event-stream")
                            .text())
                    .contains("nobody is counted");
        }
    }
}
