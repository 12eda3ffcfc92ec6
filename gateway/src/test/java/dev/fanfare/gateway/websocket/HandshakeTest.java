package dev.fanfare.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
    private static final EchoServer SERVER = new EchoServer();
    private static final String GOOD =
            new String(RawClient.request("/ws?q=1"), java.nio.charset.StandardCharsets.US_ASCII);
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private static final String VERSION = "Sec-WebSocket-Version: 13\r\n";

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private static String[] answer(String request) throws Exception {
        try (var client = new RawClient(SERVER.port())) {
            client.send(RawClient.ascii(request));
            var head = client.head();
            client.sendNothingMore();
            return new String[] {head, client.rest()};
        }
    }

    @Test
    void provesThatItUnderstoodTheKey() throws Exception {
        try (var client = new RawClient(SERVER.port())) {
            assertThat(client.open("/ws?q=1"))
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .contains("\r\nConnection: Upgrade\r\n")
                    .contains("\r\nUpgrade: websocket\r\n")
                    .contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") // RFC 6455 §1.3
                    .contains("\r\nX-Echo: yes\r\n")
                    .containsPattern("\r\nX-Request-Id: [0-9a-f-]{36}\r\n")
                    .doesNotContain("Sec-WebSocket-Protocol")
                    .doesNotContain("Sec-WebSocket-Extensions");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "WebSocket", "WEBSOCKET", "Websocket", "wEbSoCkEt"})
    void matchesUpgradeWithoutCase(String spelling) throws Exception {
        try (var client = new RawClient(SERVER.port())) {
            client.send(RawClient.ascii(GOOD.replace("Upgrade: websocket", "upgrade: " + spelling)));
            assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "upgrade",
                "UPGRADE",
                "keep-alive, Upgrade",
                "Upgrade,keep-alive",
                "keep-alive\r\nConnection: Upgrade"
            })
    void findsUpgradeInConnection(String connection) throws Exception {
        try (var client = new RawClient(SERVER.port())) {
            client.send(RawClient.ascii(GOOD.replace("Connection: Upgrade", "Connection: " + connection)));
            assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        }
    }

    static Stream<Arguments> wrongRequests() {
        return Stream.of(
                Arguments.of(
                        "no key",
                        GOOD.replace(KEY, ""),
                        400,
                        "Sec-WebSocket-Key must be 16 bytes in base64, but is missing"),
                Arguments.of(
                        "a short key",
                        GOOD.replace(KEY, "Sec-WebSocket-Key: AQIDBAUGBwg=\r\n"),
                        400,
                        "is 'AQIDBAUGBwg='"),
                Arguments.of(
                        "a long key",
                        GOOD.replace(KEY, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAA\r\n"),
                        400,
                        "Sec-WebSocket-Key"),
                Arguments.of(
                        "a key that is not base64",
                        GOOD.replace(KEY, "Sec-WebSocket-Key: !!!hlIHNhbXBsZSBub25jZQ==\r\n"),
                        400,
                        "Sec-WebSocket-Key"),
                Arguments.of("an empty key", GOOD.replace(KEY, "Sec-WebSocket-Key: \r\n"), 400, "Sec-WebSocket-Key"),
                Arguments.of("two keys", GOOD.replace(KEY, KEY + KEY), 400, "Sec-WebSocket-Key must be sent once"),
                Arguments.of(
                        "two versions",
                        GOOD.replace(VERSION, VERSION + VERSION),
                        400,
                        "Sec-WebSocket-Version must be sent once"),
                Arguments.of(
                        "no upgrade in Connection",
                        GOOD.replace("Connection: Upgrade", "Connection: keep-alive"),
                        400,
                        "Connection"),
                Arguments.of(
                        "no version",
                        GOOD.replace(VERSION, ""),
                        426,
                        "Sec-WebSocket-Version must be 13, but is missing"),
                Arguments.of("an old version", GOOD.replace("Version: 13", "Version: 8"), 426, "is '8'"),
                Arguments.of("a list of versions", GOOD.replace("Version: 13", "Version: 13, 8"), 426, "is '13, 8'"),
                Arguments.of("POST", GOOD.replace("GET", "POST"), 405, "GET, not POST"),
                Arguments.of("PUT", GOOD.replace("GET", "PUT"), 405, "GET, not PUT"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongRequests")
    void refusesWithAProblem(String name, String request, int status, String detail) throws Exception {
        var answer = answer(request.replace("\r\n\r\n", "\r\nX-Request-Id: test.42\r\n\r\n"));
        assertThat(answer[0])
                .startsWith("HTTP/1.1 " + status + " ")
                .contains("\r\nContent-Type: application/problem+json\r\n")
                .contains("\r\nX-Request-Id: test.42\r\n")
                .contains("close\r\n");
        assertThat(answer[1]).contains(detail).endsWith("|test.42");
        if (status == 426) {
            assertThat(answer[0])
                    .contains("\r\nSec-WebSocket-Version: 13\r\n")
                    .contains("\r\nUpgrade: websocket\r\n")
                    .contains("\r\nConnection: Upgrade, close\r\n");
        }
        if (status == 405) {
            assertThat(answer[0]).contains("\r\nAllow: GET\r\n");
        }
    }

    @Test
    void doesNotRepeatAnUnfitRequestId() throws Exception {
        assertThat(answer(GOOD.replace(KEY, "X-Request-Id: a b\r\n"))[0])
                .containsPattern("X-Request-Id: [0-9a-f-]{36}\r\n");
    }

    @Test
    void opensNothingOverHttp10() throws Exception {
        assertThat(answer(GOOD.replace("HTTP/1.1", "HTTP/1.0"))[0]).doesNotContain(" 101 ");
    }

    @Test
    void leavesWhatIsNotOursToHttpRouting() throws Exception {
        var answer = answer(GOOD.replace("/ws?q=1", "/http"));
        assertThat(answer[0]).startsWith("HTTP/1.1 200 ");
        assertThat(answer[1]).isEqualTo("ordinary");
    }

    @Test
    void refusesAsTheApplicationSays() throws Exception {
        var answer = answer(GOOD.replace("/ws?q=1", "/full"));
        assertThat(answer[0])
                .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                .contains("\r\nRetry-After: 7\r\n")
                .contains("\r\nContent-Length: 4\r\n")
                .contains("\r\nX-Request-Id: ");
        assertThat(answer[1]).isEqualTo("full");
    }

    @Test
    void turnsTheApplicationsProblemIntoAnAnswer() throws Exception {
        var answer = answer(GOOD.replace("/ws?q=1", "/problem"));
        assertThat(answer[0]).startsWith("HTTP/1.1 400 ").contains("application/problem+json");
        assertThat(answer[1]).startsWith("invalid-channel|channel 'a..b' has an empty token|");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/broken", "/wrong-subprotocol"})
    void answersAFaultOfTheApplicationWith500(String path) throws Exception {
        assertThat(answer(GOOD.replace("/ws?q=1", path))[0]).startsWith("HTTP/1.1 500 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"echo.v1", "other, echo.v1", "other,echo.v1 , more", "other\r\nSec-WebSocket-Protocol: echo.v1"})
    void agreesOnASubprotocol(String offered) throws Exception {
        try (var client = new RawClient(SERVER.port())) {
            assertThat(client.open("/ws?q=1", "Sec-WebSocket-Protocol: " + offered))
                    .contains("\r\nSec-WebSocket-Protocol: echo.v1\r\n");
        }
    }

    @Test
    void opensWithoutASubprotocolWhereNoneFits() throws Exception {
        try (var client = new RawClient(SERVER.port())) {
            assertThat(client.open("/ws?q=1", "Sec-WebSocket-Protocol: other"))
                    .startsWith("HTTP/1.1 101 ")
                    .doesNotContain("Sec-WebSocket-Protocol");
        }
    }

    @Test
    void agreesOnCompression() throws Exception {
        try (var client = new RawClient(SERVER.port())) {
            assertThat(client.open("/ws?q=1", EchoServer.DEFLATE))
                    .contains("\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover;"
                            + " client_no_context_takeover\r\n");
        }
    }

    @Test
    void takesFramesThatCameWithTheHandshake() throws Exception {
        try (var client = new RawClient(SERVER.port())) {
            client.send(
                    RawClient.concat(RawClient.request("/ws?q=1"), RawClient.text("early"), RawClient.close(1000, "")));
            assertThat(client.head()).startsWith("HTTP/1.1 101 ");
            assertThat(client.receive()).isEqualTo("text early");
            assertThat(client.receive()).isEqualTo("close 1000");
            assertThat(client.ended()).isTrue();
        }
    }
}
