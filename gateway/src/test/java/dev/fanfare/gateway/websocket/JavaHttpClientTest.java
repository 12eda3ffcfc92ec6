package dev.fanfare.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// With somebody else's client.
class JavaHttpClientTest {

    @Test
    void speaksWithTheJdksClient() throws Exception {
        try (var server = new EchoServer();
                var http = HttpClient.newHttpClient()) {
            var heard = new Heard();
            var socket = http.newWebSocketBuilder()
                    .subprotocols("other", "echo.v1")
                    .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/ws?jdk"), heard)
                    .get(20, TimeUnit.SECONDS);
            assertThat(socket.getSubprotocol()).isEqualTo("echo.v1");

            socket.sendText("Hello 🙂", true).get(20, TimeUnit.SECONDS);
            assertThat(heard.next()).isEqualTo("text Hello 🙂");
            socket.sendText("in ", false).get(20, TimeUnit.SECONDS);
            socket.sendPing(ByteBuffer.wrap(RawClient.utf8("between"))).get(20, TimeUnit.SECONDS);
            socket.sendText("pieces", true).get(20, TimeUnit.SECONDS);
            assertThat(heard.next()).isEqualTo("pong between");
            assertThat(heard.next()).isEqualTo("text in pieces");
            socket.sendText("*".repeat(60_000), true).get(20, TimeUnit.SECONDS);
            assertThat(heard.next()).isEqualTo("text " + "*".repeat(60_000));
            socket.sendBinary(ByteBuffer.wrap(new byte[3]), true).get(20, TimeUnit.SECONDS);
            assertThat(heard.next()).isEqualTo("binary 3");

            socket.sendText("close", true).get(20, TimeUnit.SECONDS);
            assertThat(heard.next()).isEqualTo("close 4001 as you wish");
            assertThat(server.closing("jdk")).isEqualTo("4001");
        }
    }

    private static final class Heard implements WebSocket.Listener {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private int binary;

        @Nullable
        String next() throws InterruptedException {
            return heard.poll(20, TimeUnit.SECONDS);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                heard.add("text " + text);
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            binary += data.remaining();
            if (last) {
                heard.add("binary " + binary);
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            heard.add("pong " + java.nio.charset.StandardCharsets.UTF_8.decode(message));
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
            heard.add("close " + statusCode + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            heard.add("error " + error);
        }
    }
}
