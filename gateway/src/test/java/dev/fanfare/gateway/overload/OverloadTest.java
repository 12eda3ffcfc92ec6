package dev.fanfare.gateway.overload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.config.GatewaySettings.Limits;
import dev.fanfare.gateway.config.GatewaySettings.Log;
import dev.fanfare.gateway.config.GatewaySettings.Session;
import dev.fanfare.gateway.config.OverloadSettings;
import dev.fanfare.gateway.config.OverloadSettings.Delays;
import dev.fanfare.gateway.config.OverloadSettings.Percents;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What clients of each transport see at each level. A client that does not read brings the level about, by what waits
/// for it, and ends it by leaving.
@Timeout(90)
class OverloadTest {
    private static final Duration CALM = Duration.ofMillis(300);
    private static final Percents NEVER = new Percents(0, 0, 0);
    private static final Delays NO_DELAYS = new Delays(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    private static final int KEPT = 5; // events in the log of a channel
    private static final int BIG = 200_000; // bytes: a fifth of what may wait for clients

    private final LocalBroker broker = LocalBroker.get();
    private final String topic = broker.newTopic("overload", 1);

    private Gateways.Running start(Percents unwritten) {
        var gateways = new Gateways().route(topic, "{key}");
        gateways.overload = new OverloadSettings(true, 90, CALM, NEVER, unwritten, NO_DELAYS);
        var limits = gateways.limits;
        gateways.limits = new Limits(
                limits.sessions(),
                limits.connectsPerSecond(),
                limits.messagesPerSecond(),
                1 << 20,
                limits.address(),
                limits.principal());
        gateways.log = new Log(64 << 20, KEPT, Duration.ofMinutes(5));
        var usual = Session.DEFAULT;
        gateways.session = new Session(
                Duration.ofMillis(200),
                Duration.ofMillis(200),
                usual.heartbeatMax(),
                Duration.ofMinutes(1),
                usual.stall(),
                usual.sseLife(),
                usual.channelsMax(),
                usual.eventMax(),
                usual.writeBytes(),
                usual.policies());
        return gateways.start();
    }

    /// Somebody who is sent much and reads nothing.
    private Socket stalled(Gateways.Running gateway, int level) throws IOException {
        var socket = narrow(gateway);
        RawClient.over(socket).openStream("/v1/events?channel=big");
        for (int i = 0; i < 4; i++) {
            broker.send(topic, 0, "big", "x".repeat(BIG).getBytes(UTF_8));
        }
        await().untilAsserted(() -> assertThat(level(gateway)).isEqualTo(level));
        return socket;
    }

    /// A connection on which little is under way.
    private static Socket narrow(Gateways.Running gateway) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), gateway.port()));
        return socket;
    }

    private static int level(Gateways.Running gateway) throws IOException {
        return (int) gateway.metric("fanfare_overload_level", "");
    }

    private void publish(int from, int to) {
        IntStream.rangeClosed(from, to)
                .forEach(n -> broker.send(topic, 0, "a", Integer.toString(n).getBytes(UTF_8)));
    }

    private static List<String> read(EventSourceParser events, int count) throws IOException {
        var data = new ArrayList<String>();
        while (data.size() < count) {
            data.add(events.message("message").data());
        }
        return data;
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }

    @Test
    void readsNothingBackFromKafkaAtLevelOneButGoesOnOutOfMemory() throws Exception {
        try (var gateway = start(new Percents(10, 0, 0))) {
            var cursors = new ArrayList<String>(); // the first one, then that of each event
            try (var client = gateway.connect()) {
                client.openStream("/v1/events?channel=a");
                var events = new EventSourceParser(client.in());
                cursors.add(events.message("ready").lastEventId());
                publish(1, 20);
                for (int i = 0; i < 20; i++) {
                    cursors.add(events.message("message").lastEventId());
                }
            }
            EventSourceParser waiting;
            try (var _ = stalled(gateway, 1);
                    var resumed = gateway.connect()) {
                resumed.openStream("/v1/events?channel=a", "Last-Event-ID: " + cursors.get(18));
                assertThat(read(new EventSourceParser(resumed.in()), 2)).isEqualTo(numbers(19, 20));
                assertThat(gateway.get("/v1/events?channel=a&last=3&wait=0").text())
                        .contains("\"events\":[{");
                var refused = gateway.get("/v1/events?channel=a&last=15&wait=0");
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.text()).contains("\"code\":\"replay-busy\"");
                assertThat(refused.header("Retry-After")).matches("\\d");

                var behind = gateway.connect();
                behind.openStream("/v1/events?channel=a", "Last-Event-ID: " + cursors.getFirst());
                waiting = new EventSourceParser(behind.in());
                waiting.message("ready");
                for (int beats = 0; beats < 4; ) { // is served, and gets nothing
                    var item = waiting.item();
                    assertThat(item).isNotNull().isNotInstanceOf(EventSourceParser.Message.class);
                    beats += item instanceof EventSourceParser.Comment ? 1 : 0;
                }
                assertThat(gateway.metric("fanfare_replaying", "")).isZero();
                assertThat(gateway.metric("fanfare_overload_refused_total", "level=\"1\""))
                        .isEqualTo(1);
            }
            assertThat(read(waiting, 20)).isEqualTo(numbers(1, 20));
            assertThat(gateway.metric("fanfare_overload_entered_total", "level=\"1\""))
                    .isEqualTo(1);
            await().untilAsserted(() -> assertThat(level(gateway)).isZero());
            assertThat(gateway.get("/v1/events?channel=a&last=15&wait=0").text())
                    .contains("\"events\":[{");
        }
    }

    @Test
    void thinsOutWhatHasLowPriorityAtLevelTwo() throws Exception {
        try (var gateway = start(new Percents(0, 10, 0));
                var _ = stalled(gateway, 2)) {
            var low = notReading(gateway, "/v1/events?channel=a&channel=large&priority=low");
            var normal = notReading(gateway, "/v1/events?channel=a&channel=large");
            double before = gateway.metric("fanfare_events_in_total", "");
            broker.send(topic, 0, "large", "x".repeat(BIG).getBytes(UTF_8));
            await().untilAsserted(() ->
                    assertThat(gateway.metric("fanfare_unwritten_bytes", "")).isGreaterThan(3 * BIG));
            publish(1, 4);
            await().until(() -> gateway.metric("fanfare_events_in_total", "") == before + 5);
            assertThat(readTo("4", normal)).isEqualTo(numbers(1, 4));
            assertThat(readTo("4", low)).isEqualTo(numbers(4, 4));
            assertThat(gateway.metric("fanfare_withheld_total", "policy=\"conflate\""))
                    .isEqualTo(3);
        }
    }

    /// A client that is behind as soon as something large comes.
    private static EventSourceParser notReading(Gateways.Running gateway, String target) throws IOException {
        var client = RawClient.over(narrow(gateway));
        client.openStream(target);
        return new EventSourceParser(client.in());
    }

    /// What comes up to an event, without what is large.
    private static List<String> readTo(String last, EventSourceParser events) throws IOException {
        var data = new ArrayList<String>();
        while (!data.contains(last)) {
            var next = events.message("message").data();
            if (next.length() < BIG) {
                data.add(next);
            }
        }
        return data;
    }

    @Test
    void letsNobodyInAtLevelThreeAndTellsEachAsItUnderstands() throws Exception {
        try (var gateway = start(new Percents(0, 0, 10));
                var bystander = gateway.connect()) {
            bystander.openStream("/v1/events?channel=a");
            var events = new EventSourceParser(bystander.in());
            var cursor = events.message("ready").lastEventId();
            try (var _ = stalled(gateway, 3)) {
                eventSourceIsSentAway(gateway);
                othersGetAProblem(gateway);
                webSocketIsClosed(gateway, "", "");
                webSocketIsClosed(gateway, "&cursor=" + cursor, "\"cursor\":\"" + cursor + "\"");
                assertThat(gateway.get("/health/live").status()).isEqualTo(200);
                assertThat(gateway.get("/health/ready").status()).isEqualTo(200);
                publish(1, 1);
                assertThat(read(events, 1)).isEqualTo(numbers(1, 1));
                assertThat(gateway.metric("fanfare_overload_refused_total", "level=\"3\""))
                        .isEqualTo(6);
                for (var level : List.of("1", "2", "3")) {
                    assertThat(gateway.metric("fanfare_overload_entered_total", "level=\"" + level + "\""))
                            .isEqualTo(1);
                }
            }
            await().untilAsserted(() -> assertThat(level(gateway)).isZero());
            try (var client = gateway.connect()) {
                client.openStream("/v1/events?channel=a");
                new EventSourceParser(client.in()).message("ready");
            }
        }
    }

    /// It gives up for ever on anything but a stream.
    private static void eventSourceIsSentAway(Gateways.Running gateway) throws IOException {
        try (var client = gateway.connect()) {
            var head = client.openStream("/v1/events?channel=a");
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Type")).hasValue("text/event-stream");
            var body = new String(client.in().readAllBytes(), UTF_8);
            assertThat(body).matches("retry: \\d+\n\n");
            assertThat(Integer.parseInt(body.replaceAll("\\D", ""))).isBetween(100, 900);
        }
    }

    private static void othersGetAProblem(Gateways.Running gateway) throws IOException {
        for (var accept : List.of("text/event-stream, application/problem+json", "application/json", "*/*")) {
            var answer = gateway.get("/v1/events?channel=a", "Accept: " + accept);
            assertThat(answer.status()).as(accept).isEqualTo(503);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.text()).contains("\"code\":\"overloaded\"", "\"title\":\"Overloaded\"");
        }
    }

    private static void webSocketIsClosed(Gateways.Running gateway, String more, String told) throws IOException {
        try (var client = gateway.connect()) {
            client.get("/v1/events?channel=a" + more, WebSocketFrames.handshake());
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(WebSocketFrames.readText(client.in()))
                    .startsWith("{\"type\":\"going-away\"," + (told.isEmpty() ? "" : told + ","))
                    .contains("\"reconnectAfterMs\":")
                    .endsWith(",\"reason\":\"overloaded\"}");
            assertThatThrownBy(() -> WebSocketFrames.readText(client.in())).hasMessage("closed with 1013 overloaded");
        }
    }

    /// Without a gateway: nobody can make its threads late to the millisecond.
    @Test
    void looksAtDelaysThatLastAndTellsEachChange() {
        var backlog = new AtomicLong(Duration.ofMinutes(1).toNanos());
        var told = new CopyOnWriteArrayList<Level>();
        var settings = new OverloadSettings(
                true, 90, CALM, NEVER, NEVER, new Delays(Duration.ZERO, Duration.ofSeconds(30), Duration.ZERO));
        try (var overload = Overload.start(settings, () -> 0, backlog::get, told::add)) {
            await().until(() -> overload.level() == Level.LOW);
            backlog.set(0);
            await().until(() -> overload.level() == Level.NORMAL);
        }
        assertThat(told).containsExactly(Level.LOW, Level.REPLAYS, Level.NORMAL);
    }
}
