package dev.fanfare.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.fanfare.events.EventDecoder;
import dev.fanfare.events.UndecodableException;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.publish.Publisher;
import dev.fanfare.gateway.publish.Receipt;
import dev.fanfare.gateway.publish.Topics;
import dev.fanfare.gateway.testing.Open;
import dev.fanfare.quickstart.broker.EmbeddedKafka;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PublishHandlerTest {
    private static final int BYTES_MAX = 100_000;
    private static final String TOPIC = "events";
    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final Publish SETTINGS =
            new Publish(true, TOPIC, BYTES_MAX, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 1000);

    @TempDir
    static Path dir;

    private static EmbeddedKafka broker;
    private static Publisher publisher;
    private static WebServer server;
    private static HttpClient client;

    @BeforeAll
    static void start() {
        broker = EmbeddedKafka.start(dir);
        Topics.create(broker, TOPIC, Map.of());
        publisher = Publisher.open(Topics.kafka(broker), SETTINGS);
        server = serve(new PublishHandler(Open.gate(), Open.noLimits(), SETTINGS, publisher, null));
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.stop();
        publisher.close();
        broker.close();
    }

    private static WebServer serve(PublishHandler handler) {
        return WebServer.builder()
                .host("127.0.0.1")
                .port(0)
                .maxPayloadSize(4L * BYTES_MAX)
                .directHandlers(HttpProblems.direct(ErrorCode::of))
                .addRouting(HttpRouting.builder()
                        .error(ProblemException.class, HttpProblems::handle)
                        .post("/v1/events", handler))
                .build()
                .start();
    }

    @Test
    void publishesAnyBodyWithItsBytesUnchanged() throws Exception {
        var seed = Long.getLong("fanfare.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var body = new byte[BYTES_MAX];
        new Random(seed).nextBytes(body);
        var answer = post("?channel=orders.42", BodyPublishers.ofByteArray(body), "Content-Type", "image/png");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        var receipt = receipts(answer).getFirst();
        assertThat(receipt.id()).isEqualTo(TOPIC + "/" + receipt.partition() + "/" + receipt.offset());
        var record = record(receipt);
        assertThat(record.value()).isEqualTo(body);
        assertThat(record.key()).asString(UTF_8).isEqualTo("orders.42");
        assertThat(header(record, "content-type")).isEqualTo("image/png");
    }

    @Test
    void publishesAChunkedBodyAndAnEmptyOne() throws Exception {
        var body = "x".repeat(BYTES_MAX).getBytes(UTF_8);
        var chunked = post("?channel=a", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
        assertThat(record(receipts(chunked).getFirst()).value()).isEqualTo(body);
        var empty = post("?channel=a", BodyPublishers.noBody());
        assertThat(record(receipts(empty).getFirst()).value()).isNotNull().isEmpty();
    }

    @Test
    void publishesACloudEventOfHeaders() throws Exception {
        var answer = post(
                "?channel=orders.42",
                BodyPublishers.ofString("{ \"n\" : 1 }"),
                "Content-Type",
                "application/json",
                "ce-specversion",
                "1.0",
                "CE-Id",
                "b-1",
                "ce-source",
                "/shop",
                "ce-type",
                "order",
                "ce-subject",
                "Euro%20%E2%82%AC");
        var receipt = receipts(answer).getFirst();
        assertThat(receipt.id()).isEqualTo("b-1");
        var record = record(receipt);
        assertThat(record.value()).asString(UTF_8).isEqualTo("{ \"n\" : 1 }");
        assertThat(header(record, "ce_id")).isEqualTo("b-1");
        assertThat(header(record, "ce_subject")).isEqualTo("Euro €");
        assertThat(header(record, "content-type")).isEqualTo("application/json");
    }

    @Test
    void publishesAStructuredCloudEventAndABatch() throws Exception {
        var one = post("", BodyPublishers.ofString(event("s-1", "42")), "Content-Type", STRUCTURED);
        var record = record(receipts(one).getFirst());
        assertThat(record.key()).asString(UTF_8).isEqualTo("42");
        assertThat(record.value()).asString(UTF_8).isEqualTo("[ 1.0e2 ]");
        var batch = "[" + event("s-2", "42") + "," + event("s-3", "43") + "]";
        assertThat(receipts(post("", BodyPublishers.ofString(batch), "Content-Type", BATCH)))
                .extracting(Receipt::id)
                .containsExactly("s-2", "s-3");
    }

    @Test
    void publishesNothingOfABatchWithABadEvent() throws Exception {
        var before = Topics.count(broker, TOPIC);
        var batch = "[" + event("n-1", "42") + ",{\"specversion\":\"1.0\"}]";
        var answer = post("", BodyPublishers.ofString(batch), "Content-Type", BATCH);
        assertProblem(answer, 400, "invalid-event", "event 2 of the batch");
        assertThat(Topics.count(broker, TOPIC)).isEqualTo(before);
    }

    @Test
    void answersARepeatWithTheFirstAnswer() throws Exception {
        var first = post("?channel=a", BodyPublishers.ofString("x"), "Idempotency-Key", "k-1");
        var repeat = post("?channel=a", BodyPublishers.ofString("x"), "Idempotency-Key", "k-1");
        assertThat(repeat.statusCode()).isEqualTo(202);
        assertThat(repeat.body()).isEqualTo(first.body());
        var other = post("?channel=a", BodyPublishers.ofString("y"), "Idempotency-Key", "k-1");
        assertProblem(other, 422, "idempotency-key-reused", "k-1");
        var event = post("", BodyPublishers.ofString(event("r-1", "42")), "Content-Type", STRUCTURED);
        var inBatch = post("", BodyPublishers.ofString("[" + event("r-1", "42") + "]"), "Content-Type", BATCH);
        assertThat(inBatch.body()).isEqualTo(event.body());
    }

    @Test
    void refusesABodyThatIsTooLargeHoweverItIsSent() throws Exception {
        var before = Topics.count(broker, TOPIC);
        var body = new byte[BYTES_MAX + 1];
        var detail = "'publish.bytes-max'";
        assertProblem(post("?channel=a", BodyPublishers.ofByteArray(body)), 413, "too-large", detail);
        assertProblem(
                post("?channel=a", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))),
                413,
                "too-large",
                detail);
        var waits = HttpRequest.newBuilder(uri(server, "?channel=a"))
                .expectContinue(true)
                .POST(BodyPublishers.ofByteArray(body));
        assertProblem(client.send(waits.build(), BodyHandlers.ofString()), 413, "too-large", detail);
        assertThat(Topics.count(broker, TOPIC)).isEqualTo(before);
    }

    @Test
    void refusesAHugeBodyBeforeItComes() throws Exception {
        assertThat(raw("Content-Length: 999999999999", ""))
                .startsWith("HTTP/1.1 413 ")
                .contains("\"too-large\"");
        assertThat(raw("Transfer-Encoding: chunked", "7fffffff\r\nxyz"))
                .startsWith("HTTP/1.1 413 ")
                .contains("\"too-large\"");
    }

    @Test
    void namesWhatIsWrong() throws Exception {
        var body = BodyPublishers.ofString("x");
        assertProblem(post("?topic=a", body), 400, "unknown-parameter", "did you mean 'channel'?");
        assertProblem(post("?channel=a.*", body), 400, "invalid-channel", "a.*");
        assertProblem(post("?channel=a&channel=b", body), 400, "invalid-parameter", "channel");
        assertProblem(post("", body), 422, "no-key", "channel");
        assertProblem(post("?channel=a", body, "ce-id", "1"), 400, "invalid-event", "specversion");
        assertProblem(
                post("?channel=a", body, "Content-Type", "application/cloudevents+xml"),
                415,
                "unsupported-media-type",
                STRUCTURED);
        assertProblem(
                post("?channel=a", body, "Idempotency-Key", "x".repeat(256)),
                400,
                "invalid-parameter",
                "Idempotency-Key");
    }

    @Test
    void saysThatPublishingIsOff() throws Exception {
        var off = serve(new PublishHandler(Open.gate(), Open.noLimits(), Publish.DEFAULT, publisher, null));
        try {
            assertProblem(
                    post(off, "?channel=a", BodyPublishers.ofString("x")), 403, "publishing-off", "publish.enabled");
        } finally {
            off.stop();
        }
    }

    @Test
    void echoesASaneRequestIdAndReplacesAnother() throws Exception {
        for (var query : List.of("?channel=a", "?topic=a")) {
            var sane = post(query, BodyPublishers.ofString("x"), "X-Request-Id", "My-id_1.2");
            assertThat(sane.headers().firstValue("X-Request-Id")).contains("My-id_1.2");
            for (var bad : List.of("a b", "x".repeat(65), "<script>")) {
                var answer = post(query, BodyPublishers.ofString("x"), "X-Request-Id", bad);
                assertThat(answer.headers().allValues("X-Request-Id"))
                        .hasSize(1)
                        .allMatch(id -> id.matches("[0-9a-f]{16}"));
            }
        }
    }

    @Test
    void holdsNoMoreBodiesThanItIsAllowedTo() throws Exception {
        var small = serve(new PublishHandler(Open.gate(), Open.noLimits(), SETTINGS, publisher, null, BYTES_MAX));
        try (var slow = new Socket(InetAddress.ofLiteral("127.0.0.1"), small.port())) {
            var head = "POST /v1/events?channel=a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";
            slow.getOutputStream().write(head.getBytes(UTF_8)); // and nothing yet: it may become as large as is allowed
            Awaitility.await().untilAsserted(() -> {
                var busy = post(small, "?channel=a", BodyPublishers.ofString("x"));
                assertProblem(busy, 503, "publish-busy", "again");
                assertThat(busy.headers().firstValue("Retry-After")).isPresent();
            });
            slow.getOutputStream().write("1\r\nx\r\n0\r\n\r\n".getBytes(UTF_8));
            assertThat(new String(slow.getInputStream().readNBytes(12), UTF_8)).isEqualTo("HTTP/1.1 202");
            Awaitility.await().untilAsserted(() -> receipts(post(small, "?channel=a", BodyPublishers.ofString("x"))));
        } finally {
            small.stop();
        }
    }

    private static HttpResponse<String> post(String query, BodyPublisher body, String... headers) throws Exception {
        return post(server, query, body, headers);
    }

    private static HttpResponse<String> post(WebServer to, String query, BodyPublisher body, String... headers)
            throws Exception {
        var request = HttpRequest.newBuilder(uri(to, query)).POST(body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static URI uri(WebServer to, String query) {
        return URI.create("http://127.0.0.1:" + to.port() + "/v1/events" + query);
    }

    /// What the server says to a client that sends these bytes and then no more.
    private static String raw(String header, String body) throws IOException {
        try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.port())) {
            socket.setSoTimeout(20_000);
            var request = "POST /v1/events?channel=a HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(UTF_8));
            var answer = new byte[64 * 1024];
            var length = 0;
            while (!new String(answer, 0, length, UTF_8).endsWith("}")) {
                var read = socket.getInputStream().read(answer, length, answer.length - length);
                if (read < 0) {
                    break;
                }
                length += read;
            }
            return new String(Arrays.copyOf(answer, length), UTF_8);
        }
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code, String detail) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        var id = answer.headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(answer.body())
                .contains("\"code\":\"" + code + "\"", "\"requestId\":\"" + id + "\"", "\"status\":" + status, detail);
    }

    private static String event(String id, String subject) {
        return ("{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/http\",\"type\":\"t\","
                        + "\"subject\":\"%s\",\"data\":[ 1.0e2 ]}")
                .formatted(id, subject);
    }

    /// The record, which the gateway's own decoder knows by the id that the receipt says.
    private static ConsumerRecord<byte[], byte[]> record(Receipt receipt) throws UndecodableException {
        var record = Topics.at(broker, receipt.topic(), receipt.partition(), receipt.offset());
        assertThat(new EventDecoder().decode(record).id()).isEqualTo(receipt.id());
        return record;
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        assertThat(header).as(name).isNotNull();
        return new String(header.value(), UTF_8);
    }

    private static List<Receipt> receipts(HttpResponse<String> answer) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        var receipts = new ArrayList<Receipt>();
        try (var json = new JsonFactory().createParser(answer.body())) {
            assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            assertThat(json.nextFieldName()).isEqualTo("events");
            assertThat(json.nextToken()).isEqualTo(JsonToken.START_ARRAY);
            while (json.nextToken() == JsonToken.START_OBJECT) {
                assertThat(json.nextFieldName()).isEqualTo("id");
                var id = json.nextTextValue();
                assertThat(json.nextFieldName()).isEqualTo("topic");
                var topic = json.nextTextValue();
                assertThat(json.nextFieldName()).isEqualTo("partition");
                var partition = json.nextIntValue(-1);
                assertThat(json.nextFieldName()).isEqualTo("offset");
                receipts.add(new Receipt(id, topic, partition, json.nextLongValue(-1)));
                assertThat(json.nextToken()).isEqualTo(JsonToken.END_OBJECT);
            }
        }
        return receipts;
    }
}
