package dev.fanfare.gateway.hostile;

import static dev.fanfare.gateway.websocket.RawClient.BINARY;
import static dev.fanfare.gateway.websocket.RawClient.CONTINUATION;
import static dev.fanfare.gateway.websocket.RawClient.PING;
import static dev.fanfare.gateway.websocket.RawClient.PONG;
import static dev.fanfare.gateway.websocket.RawClient.TEXT;
import static dev.fanfare.gateway.websocket.RawClient.concat;
import static dev.fanfare.gateway.websocket.RawClient.deflate;
import static dev.fanfare.gateway.websocket.RawClient.frame;
import static dev.fanfare.gateway.websocket.RawClient.header;
import static dev.fanfare.gateway.websocket.RawClient.mask;
import static dev.fanfare.gateway.websocket.RawClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.Limits;
import dev.fanfare.gateway.config.GatewaySettings.WebSocket;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Open;
import dev.fanfare.gateway.websocket.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// WebSockets that send more than anybody needs. What single frames may be is in the conformance tests.
@Timeout(60)
class FramesFloodTest {
    private static final int FIN = 0x80;
    private static final int RSV1 = 0x40;
    private static final int MESSAGE_MAX = WebSocket.DEFAULT.messageMax();
    private static final int UNFINISHED = 320; // messages of that size

    private static String topic;
    private static Gateways.Running gateway;

    private Siege siege;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("frames", 1);
        var settings = new Gateways()
                .route(topic, "{topic}.{key}")
                .heartbeats(Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(60));
        var none = Open.limits();
        settings.limits = new Limits(0, 0, 100, none.unwrittenBytes(), none.address(), none.principal());
        settings.websocket = new WebSocket(MESSAGE_MAX, (long) UNFINISHED * MESSAGE_MAX, true, 512);
        gateway = settings.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @BeforeEach
    void begin() throws IOException {
        siege = Siege.of(gateway, topic);
    }

    @AfterEach
    void leavesNothingBehind() throws IOException {
        siege.close();
    }

    private static RawClient open(String... headers) throws IOException {
        var client = new RawClient(gateway.port());
        assertThat(client.open("/v1/events?heartbeat=60s&channel=" + topic + ".a", headers))
                .startsWith("HTTP/1.1 101 ");
        return client;
    }

    private static RawClient openDeflated() throws IOException {
        return open("Sec-WebSocket-Extensions: permessage-deflate");
    }

    /// What the server says at last.
    private static String last(RawClient client) throws IOException {
        while (true) {
            var frame = client.receive();
            if (!frame.startsWith("text ") && !frame.startsWith("pong ")) {
                return frame;
            }
        }
    }

    private static byte[] times(int count, byte[] frame) {
        return concat(Collections.nCopies(count, frame).toArray(byte[][]::new));
    }

    private void assertClosed(String close, byte[] flood) throws IOException {
        try (var client = open()) {
            client.sendIfTaken(flood);
            siege.harmsNobody();
            assertThat(last(client)).isEqualTo(close);
        }
    }

    @Test
    void refusesPingsWithoutEnd() throws IOException {
        assertClosed("close 1008", times(5000, frame(FIN | PING, new byte[100])));
    }

    @Test
    void refusesPongsWithoutEnd() throws IOException {
        assertClosed("close 1008", times(5000, frame(FIN | PONG, new byte[0])));
    }

    @Test
    void refusesMessagesWithoutEnd() throws IOException {
        assertClosed("close 1008", times(2000, text("{\"type\":\"nonsense\"}")));
        assertClosed("close 1008", times(2000, frame(FIN | BINARY, new byte[10])));
    }

    @Test
    void refusesAMessageOfEmptyFragmentsWithoutEnd() throws IOException {
        var nothing = frame(CONTINUATION, new byte[0]);
        assertClosed("close 1009", concat(frame(TEXT, new byte[0]), times(MESSAGE_MAX + 1, nothing)));
    }

    @Test
    void refusesAMessageOfSmallFragmentsWithoutEnd() throws IOException {
        var little = frame(CONTINUATION, new byte[1]);
        assertClosed("close 1009", concat(frame(BINARY, new byte[0]), times(MESSAGE_MAX + 1, little)));
    }

    @Test
    void refusesAFrameWithoutEnd() throws IOException {
        var clients = new ArrayList<RawClient>();
        for (int i = 0; i < 100; i++) {
            var client = open();
            client.sendIfTaken(concat(header(FIN | BINARY, 0xFF, 8, Long.MAX_VALUE), mask(), new byte[200_000]));
            clients.add(client);
        }
        siege.harmsNobody();
        for (var client : clients) {
            assertThat(last(client)).isEqualTo("close 1009");
            client.close();
        }
    }

    /// As much as they may make the gateway hold. Each is at a byte before the end of its message.
    @Test
    void letsGoOfWhatTheUnfinishedHeld() throws IOException {
        var begun = concat(frame(TEXT, new byte[MESSAGE_MAX / 2]), frame(CONTINUATION, new byte[MESSAGE_MAX / 2 - 1]));
        var clients = new ArrayList<RawClient>();
        for (int i = 0; i < 300; i++) {
            var client = open();
            client.send(begun);
            client.send(frame(FIN | PING, new byte[] {1}));
            clients.add(client);
        }
        for (var client : clients) {
            var answer = client.receive();
            assertThat(answer).startsWith("text {\"type\":\"ready\"");
            assertThat(client.receive()).isEqualTo("pong 01");
        }
        siege.harmsNobody();
        for (var client : clients) {
            client.close();
        }
    }

    /// Those who began first go first; who begins a message later has room for it.
    @Test
    void closesTheOldestOfTooManyUnfinished() throws IOException {
        var begun = frame(TEXT, new byte[MESSAGE_MAX - 1]);
        var clients = new ArrayList<RawClient>();
        double before = refused();
        for (int i = 0; i < UNFINISHED + 30; i++) {
            var client = open();
            client.send(begun);
            client.send(frame(FIN | PING, new byte[] {1}));
            if (i < UNFINISHED) { // the others may be closed by then
                assertThat(client.receive()).startsWith("text {\"type\":\"ready\"");
                assertThat(client.receive()).isEqualTo("pong 01");
            }
            clients.add(client);
        }
        int closed = 0;
        for (var client : clients.subList(0, 20)) {
            assertThat(last(client)).isEqualTo("close 1013");
            closed++;
        }
        siege.harmsNobody();
        assertThat(refused() - before).isGreaterThanOrEqualTo(closed);
        for (var client : clients) {
            client.close();
        }
    }

    private static double refused() throws IOException {
        return gateway.metric("fanfare_refused_total", "reason=\"unfinished-messages\"");
    }

    @Test
    void defusesBombs() throws IOException {
        var bomb = deflate(new byte[20 << 20]);
        assertThat(bomb).hasSizeLessThan(30_000);
        var forms = List.of(
                frame(FIN | RSV1 | TEXT, bomb),
                frame(FIN | RSV1 | BINARY, bomb),
                concat(frame(RSV1 | BINARY, new byte[0]), frame(CONTINUATION, bomb)));
        var clients = new ArrayList<RawClient>();
        for (int i = 0; i < 100; i++) {
            var client = openDeflated();
            client.sendIfTaken(forms.get(i % forms.size()));
            clients.add(client);
        }
        siege.harmsNobody();
        for (var client : clients) {
            assertThat(last(client)).isEqualTo("close 1009");
            client.close();
        }
    }

    /// Broken ones of each kind, all at once.
    @Test
    void closesWhatIsBroken() throws IOException {
        var breakRules = List.of(
                header(FIN | TEXT, 5, 0, 0), // no mask
                frame(FIN | 0x20 | TEXT, new byte[1]),
                frame(FIN | 3, new byte[1]),
                frame(FIN | CONTINUATION, new byte[1]));
        var areNoText = List.of(
                frame(FIN | TEXT, new byte[] {(byte) 0xC0, (byte) 0xAF}),
                frame(FIN | TEXT, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}),
                concat(frame(TEXT, new byte[] {(byte) 0xF0}), frame(FIN, new byte[0])),
                frame(FIN | RSV1 | TEXT, new byte[] {-1, -1, -1}));
        var broken = new ArrayList<>(breakRules);
        broken.addAll(areNoText);
        var clients = new ArrayList<RawClient>();
        for (int i = 0; i < 20 * broken.size(); i++) {
            var client = openDeflated();
            client.sendIfTaken(broken.get(i % broken.size()));
            clients.add(client);
        }
        siege.harmsNobody();
        for (int i = 0; i < clients.size(); i++) {
            int which = i % broken.size();
            assertThat(last(clients.get(i)))
                    .as("number %d", which)
                    .isEqualTo(which < breakRules.size() ? "close 1002" : "close 1007");
            clients.get(i).close();
        }
    }
}
