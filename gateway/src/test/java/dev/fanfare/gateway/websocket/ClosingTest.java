package dev.fanfare.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClosingTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(50);

    private static EchoServer server(Duration handshake, Duration linger) {
        return new EchoServer(new WebSocketConnection.CloseTimes(handshake, linger));
    }

    private static RawClient open(EchoServer server) throws Exception {
        var client = new RawClient(server.port());
        assertThat(client.open("/ws?q")).startsWith("HTTP/1.1 101 ");
        return client;
    }

    @Test
    void closesTheTcpSideOnceThePeerHasAnsweredOurClose() throws Exception {
        try (var server = server(NEVER, NEVER);
                var client = open(server)) {
            client.send(RawClient.text("close"));
            assertThat(client.receive()).isEqualTo("close 4001");
            client.send(RawClient.close(4001, ""));
            assertThat(client.ended()).isTrue();
            assertThat(server.closing("q")).isEqualTo("4001");
        }
    }

    @Test
    void waitsABoundedTimeForAPeerThatDoesNotAnswerOurClose() throws Exception {
        try (var server = server(SOON, NEVER);
                var client = open(server)) {
            client.send(RawClient.text("close"));
            assertThat(client.receive()).isEqualTo("close 4001");
            assertThat(client.ended()).isTrue();
            assertThat(server.closing("q")).isEqualTo("1006");
        }
    }

    @Test
    void sendsOneCloseWhereBothBegin() throws Exception {
        try (var server = server(NEVER, NEVER);
                var client = open(server)) {
            client.send(RawClient.concat(RawClient.text("close"), RawClient.close(1001, "bye")));
            assertThat(client.receive()).isEqualTo("close 4001");
            assertThat(client.ended()).isTrue();
            assertThat(server.closing("q")).isEqualTo("1001 bye");
            assertThat(server.echo("q").peer().beginClose(1000, "")).isEmpty();
        }
    }

    @Test
    void stillTakesMessagesUntilThePeersCloseButSendsNoPong() throws Exception {
        try (var server = server(NEVER, NEVER);
                var client = open(server)) {
            client.send(RawClient.text("close"));
            assertThat(client.receive()).isEqualTo("close 4001");
            client.send(RawClient.concat(
                    RawClient.frame(0x80 | RawClient.PING, new byte[1]),
                    RawClient.frame(0x80 | RawClient.PONG, RawClient.utf8("late")),
                    RawClient.close(1000, "")));
            assertThat(client.ended()).isTrue();
            assertThat(server.closing("q")).isEqualTo("1000");
            assertThat(server.echo("q").pongs).containsExactly("late");
            assertThat(server.echo("q").owed).hasValue(0);
        }
    }

    @Test
    void lingersForAPeerThatBrokeTheRulesAndThenCloses() throws Exception {
        try (var server = server(NEVER, SOON);
                var client = open(server)) {
            client.send(RawClient.frame(0x80 | 3, new byte[0]));
            assertThat(client.receive()).isEqualTo("close 1002");
            assertThat(client.ended()).isTrue();
            assertThat(server.closing("q")).isEqualTo("1002 opcode 3 is reserved");
        }
    }

    @Test
    void getsItsCloseThroughToAPeerThatIsStillSending() throws Exception {
        try (var server = server(NEVER, NEVER);
                var client = open(server)) {
            // a reset, which unread bytes cause, would throw the Close away
            client.send(
                    RawClient.concat(RawClient.header(0x82, 0xFF, 8, 1L << 40), RawClient.mask(), new byte[4 << 20]));
            assertThat(client.receive()).isEqualTo("close 1009");
            client.sendNothingMore();
            assertThat(client.ended()).isTrue();
            assertThat(server.closing("q")).isEqualTo("1009 a message may have 65536 bytes, and as many frames");
        }
    }

    @Test
    void endsAClosingConnectionWhoseWriterIsStuck() throws Exception {
        try (var server = server(SOON, NEVER);
                var client = open(server)) {
            var message = RawClient.frame(0x80 | RawClient.BINARY, new byte[EchoServer.MESSAGE_MAX]);
            for (var i = 0; i < 300; i++) { // 19 MB of echo that nobody reads: more than the sockets hold
                client.send(message);
            }
            client.send(RawClient.close(1000, ""));
            assertThat(server.closing("q")).isEqualTo("1000");
        }
    }

    @Test
    void tellsOfAPeerThatLeavesWithoutAClose() throws Exception {
        try (var server = server(NEVER, NEVER)) {
            open(server).close();
            assertThat(server.closing("q")).isEqualTo("1006");
            assertThat(server.furtherClosings("q")).isZero();
        }
    }

    @Test
    void tellsOfAPeerThatLeavesInMidFrame() throws Exception {
        try (var server = server(NEVER, NEVER);
                var client = open(server)) {
            client.send(RawClient.header(0x81, 0xFE, 2, 1000));
            client.sendNothingMore();
            assertThat(client.ended()).isTrue();
            assertThat(server.closing("q")).isEqualTo("1006");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"throw", "overflow"})
    void closesWith1011WhereTheApplicationFails(String fault) throws Exception {
        try (var server = server(NEVER, SOON);
                var client = open(server)) {
            client.send(RawClient.concat(RawClient.text(fault), RawClient.text("not looked at")));
            assertThat(client.receive()).isEqualTo("close 1011");
            assertThat(client.ended()).isTrue();
            assertThat(server.closing("q")).isEqualTo("1011 internal error");
        }
    }

    @Test
    void endsAConnectionThatTheApplicationCannotOpen() throws Exception {
        try (var server = server(NEVER, NEVER);
                var client = new RawClient(server.port())) {
            assertThat(client.open("/ws?refuse-to-open")).startsWith("HTTP/1.1 101 ");
            assertThat(client.ended()).isTrue();
            assertThat(server.closing("refuse-to-open")).isEqualTo("1011");
        }
    }

    @Test
    void handsPongsToTheApplication() throws Exception {
        try (var server = server(NEVER, NEVER);
                var client = open(server)) {
            client.send(RawClient.frame(0x80 | RawClient.PONG, RawClient.utf8("here")));
            await().until(() -> server.echo("q").pongs.contains("here"));
        }
    }

    @Test
    void endsAllConnectionsWhenTheServerStops() throws Exception {
        var server = server(NEVER, NEVER);
        try (server;
                var client = open(server)) {
            server.echo("q").peer(); // is open
            server.close();
            assertThat(client.ended()).isTrue();
            assertThat(server.closing("q")).isEqualTo("1006");
            assertThat(server.furtherClosings("q")).isZero();
        }
    }
}
