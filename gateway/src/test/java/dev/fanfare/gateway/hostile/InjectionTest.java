package dev.fanfare.gateway.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Ends of lines and escapes where a word should be: nothing that others read as a line of its own, be it a client's
/// stream, a header or the operator's log.
@Timeout(60)
class InjectionTest {
    private static final String FORGED = "data: forged";
    private static final String END = "the end";
    private static final List<String> EVIL = List.of(
            "a\r\n\r\n" + FORGED + "\r\n\r\n",
            "a\n" + FORGED + "\n\n",
            "a\r" + FORGED + "\r\r",
            "a\u0000b",
            "\u001b[2Jx");

    /// A log entry of ours begins with a time: what else begins a line belongs to a stack trace.
    private static final Pattern INJECTED = Pattern.compile("^\\s*(data: )?forged|[\\u001b\\u0000]", Pattern.MULTILINE);

    private static LogWatch log;
    private static String topic;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        log = new LogWatch(); // of records that cannot be read only the first of a kind is logged
        topic = LocalBroker.get().newTopic("injection", 1);
        var settings = new Gateways().route(topic, "{topic}.{key}");
        settings.publish = new Publish(true, topic, 1 << 20, 10, Duration.ofSeconds(5), Duration.ofMinutes(1), 10);
        gateway = settings.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        log.close();
    }

    private static void send(String key, String... headers) {
        LocalBroker.get().send(topic, 0, key, "x".getBytes(UTF_8), headers);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    private static String escaped(String text) {
        var out = new StringBuilder();
        text.chars().forEach(c -> out.append(c < ' ' ? "\\u%04x".formatted(c) : String.valueOf((char) c)));
        return out.toString();
    }

    private static int publish(String query, String body, String... headers) throws IOException {
        try (var client = gateway.connect()) {
            var all = new ArrayList<>(List.of(headers));
            all.add("Content-Length: " + body.length());
            return client.request("POST", "/v1/events" + query, all.toArray(String[]::new))
                    .send(body)
                    .answer()
                    .status();
        }
    }

    /// Records of other writers, whose headers, keys and types are theirs; and the same by way of publishing.
    @Test
    void bringsNoLinesIntoAStream() throws IOException {
        try (var siege = Siege.of(gateway, topic)) {
            for (var form : List.of("format=data&event=type", "format=json&event=channel", "format=cloudevents")) {
                try (var client = gateway.connect()) {
                    client.openStream("/v1/events?" + form + "&channel=" + topic + ".**");
                    sendEvil();
                    LocalBroker.get().send(topic, 0, "k", END.getBytes(UTF_8), "content-type", "text/plain");
                    var seen = until(client, END);
                    assertThat(seen).as(form).doesNotContain("\n" + FORGED, "\r", "\u0000", "\u001b");
                }
            }
            siege.harmsNobody();
        }
    }

    private static void sendEvil() throws IOException {
        for (var evil : EVIL) {
            send("k", "ce_specversion", "1.0", "ce_" + evil, "x");
            send(evil, "content-type", "text/plain");
            send("k", "content-type", evil);
            for (var name : List.of("ce_id", "ce_source", "ce_type", "ce_subject", "ce_ext")) {
                // of headers with the same name the last counts
                send("k", "ce_specversion", "1.0", "ce_id", "1", "ce_source", "/s", "ce_type", "t", name, evil);
            }
            for (var member : List.of("id", "type", "subject", "source")) {
                var event = "{\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"/s\",\"type\":\"t\",\"subject\":\"s\"}"
                        .replaceFirst("(\"" + member + "\":\")[^\"]*", "$1" + Matcher.quoteReplacement(escaped(evil)));
                publish("", event, "Content-Type: application/cloudevents+json");
            }
            publish("?channel=" + encoded(evil), "x", "Content-Type: text/plain");
            publish("?channel=k", "x", "ce-specversion: 1.0", "ce-id: 1", "ce-source: /s", "ce-type: " + encoded(evil));
        }
    }

    /// All that comes up to a text.
    private static String until(RawClient client, String end) throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (!bytes.toString(UTF_8).endsWith(end)) {
            int next = client.in().read();
            assertThat(next).as("after %s", bytes.toString(UTF_8)).isNotNegative();
            bytes.write(next);
        }
        return bytes.toString(UTF_8);
    }

    /// Names of channels and headers come back in answers and could in the log.
    @Test
    void bringsNoLinesIntoTheLogOrAnAnswer() throws IOException {
        try (var siege = Siege.of(gateway, topic)) {
            for (var evil : EVIL) {
                for (var name : List.of("channel", "cursor", "since", "format", "transport", "ticket", "nonsense")) {
                    var answer = gateway.get("/v1/events?wait=0&channel=a&" + name + "=" + encoded(evil));
                    assertThat(answer.text()).doesNotContain("\r", "\n" + FORGED, "\u001b", "\u0000");
                    assertThat(answer.head().headers()).noneMatch(line -> line.contains("forged"));
                }
                gateway.get("/" + encoded(evil));
                for (var header : List.of("X-Request-Id", "Origin", "Last-Event-ID", "Authorization", "X-" + evil)) {
                    exchange("GET /v1/events?channel=a&wait=0 HTTP/1.1\r\nHost: x\r\n" + header + ": "
                            + evil.replaceAll("[\r\n]+", "") + "\r\n\r\n");
                    exchange("GET /v1/events?channel=a&wait=0 HTTP/1.1\r\nHost: x\r\n" + header + ": " + evil
                            + "\r\n\r\n");
                }
                exchange("GET /" + evil + " HTTP/1.1\r\nHost: x\r\n\r\n");
                exchange(evil + " / HTTP/1.1\r\nHost: x\r\n\r\n");
                say("{\"type\":\"subscribe\",\"id\":\"%1$s\",\"channels\":[\"%1$s\"]}".formatted(escaped(evil)));
                say("{\"type\":\"%s\"}".formatted(escaped(evil)));
            }
            double before = siege.metric("fanfare_undecodable_total", "");
            sendEvil();
            Awaitility.await().until(() -> siege.metric("fanfare_undecodable_total", "") >= before + EVIL.size());
            siege.harmsNobody();
            assertThat(log.entries())
                    .isNotEmpty()
                    .noneMatch(entry -> INJECTED.matcher(entry).find());
        }
    }

    private static void exchange(String sent) throws IOException {
        try (var client = gateway.connect()) {
            client.send(sent).socket().shutdownOutput();
            assertThat(new String(client.in().readAllBytes(), UTF_8)).doesNotContain("\n" + FORGED, "\u001b", "\u0000");
        } catch (SocketException reset) {
            // as good an answer
        }
    }

    private static void say(String message) throws IOException {
        try (var client = gateway.connect()) {
            client.get("/v1/events?channel=a", WebSocketFrames.handshake());
            assertThat(client.head().status()).isEqualTo(101);
            client.send(WebSocketFrames.clientText(message));
            WebSocketFrames.readText(client.in());
            assertThat(WebSocketFrames.readText(client.in()))
                    .contains("\"type\":\"error\"")
                    .doesNotContain("\r", "\n", "\u001b", "\u0000");
        }
    }
}
