package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.listener.Doorkeeper;
import dev.fanfare.gateway.listener.Listener;
import dev.fanfare.gateway.testing.ConnectionThreads;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What becomes of connections between two requests.
@Timeout(60)
class IdleConnectionsTest {
    private static final int PLACES = 40;
    private static final String REQUEST = "GET /n HTTP/1.1\r\nHost: here\r\n\r\n";

    private final Patience patience = new Patience(Duration.ofSeconds(30));
    private final Listener listener;
    private final List<Socket> clients = new ArrayList<>();

    IdleConnectionsTest() {
        var http1 =
                Http1ConnectionSelector.builder().config(Http1Config.create()).build();
        var http2 = new Http2Watch(Http2ConnectionSelector.builder()
                .http2Config(Http2Config.create())
                .build());
        listener = Listener.open(
                WebServer.builder()
                        .featuresDiscoverServices(false)
                        .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .maxTcpConnections(PLACES)
                        .buildPrototype(),
                Optional.empty(),
                HttpRouting.builder().get("/n", (request, response) -> response.send("answer")),
                context -> new Arrival(context, http1, http2, patience),
                Doorkeeper.NONE);
    }

    @AfterEach
    void stop() throws IOException {
        for (var client : clients) {
            client.close();
        }
        listener.close();
        patience.close();
    }

    private Socket connect() throws IOException {
        var client = new Socket(InetAddress.getLoopbackAddress(), listener.port());
        client.setSoTimeout(20_000);
        clients.add(client);
        return client;
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static void answers(Socket client) throws IOException {
        var read = new ByteArrayOutputStream();
        while (!read.toString(US_ASCII).endsWith("answer")) {
            int next = client.getInputStream().read();
            assertThat(next).as("after '%s'", read.toString(US_ASCII)).isNotNegative();
            read.write(next);
        }
        assertThat(read.toString(US_ASCII)).startsWith("HTTP/1.1 200 ").contains("\r\n\r\nanswer");
    }

    @Test
    void haveNoThread() throws IOException {
        var others = ConnectionThreads.ids();
        for (int i = 0; i < 20; i++) {
            var client = connect();
            send(client, REQUEST);
            answers(client);
        }
        await().untilAsserted(() -> assertThat(others).containsAll(ConnectionThreads.ids()));
        for (var client : clients) {
            send(client, REQUEST);
            answers(client);
        }
    }

    @Test
    void areServedWhateverPiecesTheNextRequestComesIn() throws IOException {
        var client = connect();
        for (int i = 0; i < 3; i++) {
            for (int at = 0; at < REQUEST.length(); at += 7) {
                send(client, REQUEST.substring(at, Math.min(REQUEST.length(), at + 7)));
            }
            answers(client);
        }
    }

    @Test
    void areServedWhatWasSentTogether() throws IOException {
        var client = connect();
        send(client, REQUEST.repeat(5) + REQUEST.substring(0, 10));
        for (int i = 0; i < 5; i++) {
            answers(client);
        }
        send(client, REQUEST.substring(10));
        answers(client);
    }

    @Test
    void makePlaceWhenTheyEnd() throws Exception {
        for (int i = 0; i < PLACES; i++) {
            var client = connect();
            send(client, REQUEST);
            answers(client);
        }
        var further = connect(); // waits in the backlog
        send(further, REQUEST);
        var answer = CompletableFuture.runAsync(() -> answersNow(further), Thread::startVirtualThread);
        assertThat(answer.isDone()).isFalse();
        clients.getFirst().close();
        answer.get(20, TimeUnit.SECONDS);
    }

    private static void answersNow(Socket client) {
        try {
            answers(client);
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }

    @Test
    void endWithTheListener() throws IOException {
        var client = connect();
        send(client, REQUEST);
        answers(client);
        listener.close();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
}
