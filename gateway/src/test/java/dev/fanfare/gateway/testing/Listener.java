package dev.fanfare.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.regex.Pattern;

/// One stream of a client, over server-sent events or a WebSocket, opened with whatever it shows.
public sealed interface Listener extends AutoCloseable {
    /// The data of the next event or notice, as JSON or as it is.
    String next() throws IOException;

    /// The next message that has this text.
    default String until(String text) throws IOException {
        while (true) {
            var message = next();
            if (message.contains(text)) {
                return message;
            }
        }
    }

    @Override
    void close() throws IOException;

    static String member(String json, String name) {
        var match = Pattern.compile("\"" + name + "\":\"?([^\",}]+)").matcher(json);
        assertThat(match.find()).as(name + " in " + json).isTrue();
        return match.group(1);
    }

    /// A stream that has said `ready`.
    record Sse(RawClient client, EventSourceParser events, String ready) implements Listener {
        public static Sse open(Gateways.Running gateway, String query, String... headers) throws IOException {
            return open(gateway.port(), query, headers);
        }

        public static Sse open(int port, String query, String... headers) throws IOException {
            var client = RawClient.connect(port);
            assertThat(client.openStream("/v1/events?" + query, headers).status())
                    .isEqualTo(200);
            var events = new EventSourceParser(client.in());
            return new Sse(client, events, events.message("ready").data());
        }

        @Override
        public String next() throws IOException {
            return events.message().data();
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    /// A WebSocket that has said `ready`.
    record Ws(RawClient client, String ready) implements Listener {
        public static Ws open(Gateways.Running gateway, String query, String... headers) throws IOException {
            return open(gateway.port(), query, headers);
        }

        public static Ws open(int port, String query, String... headers) throws IOException {
            var client = RawClient.connect(port);
            client.get("/v1/events?" + query, WebSocketFrames.handshake(headers));
            assertThat(client.head().status()).isEqualTo(101);
            return new Ws(client, WebSocketFrames.readText(client.in()));
        }

        public void say(String message) throws IOException {
            client.send(WebSocketFrames.clientText(message));
        }

        @Override
        public String next() throws IOException {
            return WebSocketFrames.readText(client.in());
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }
}
