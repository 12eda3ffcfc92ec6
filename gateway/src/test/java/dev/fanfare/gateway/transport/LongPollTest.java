package dev.fanfare.gateway.transport;

import static dev.fanfare.gateway.testing.Texts.cursor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.Poll;
import dev.fanfare.gateway.config.GatewaySettings.Session;
import dev.fanfare.gateway.testing.ConnectionThreads;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Long-polling over HTTP/1.1.
@Timeout(60)
class LongPollTest {
    private static final Pattern DATA = Pattern.compile("\"data\":\"?([^\"}]*)\"?}");

    private static LocalBroker broker;
    private static String topic;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        broker = LocalBroker.get();
        topic = broker.newTopic("poll", 3);
        gateway = new Gateways().route(topic, "{topic}.{key}").start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void publish(String key, String value) {
        broker.send(topic, 0, key, value.getBytes(UTF_8));
    }

    private static String url(String key, String... parameters) {
        return "/v1/events?channel=" + topic + "." + key + (parameters.length == 0 ? "" : "&")
                + String.join("&", parameters);
    }

    private static List<String> values(String answer) {
        return DATA.matcher(answer).results().map(match -> match.group(1)).toList();
    }

    @Test
    void answersAtOnceWithWhatIsThere() throws IOException {
        var start = cursor(gateway.get(url("now", "wait=0")));
        publish("now", "one");
        publish("now", "two");
        var events = new ArrayList<String>();
        for (var from = start; events.size() < 2; ) {
            var answer = gateway.get(url("now", "cursor=" + from), "X-Request-Id: r-7");
            assertThat(answer.head().statusLine()).isEqualTo("HTTP/1.1 200 OK");
            assertThat(answer.head().headers())
                    .containsExactlyInAnyOrder(
                            "Date: " + answer.header("Date"),
                            "Content-Type: application/json",
                            "Cache-Control: no-store",
                            "X-Request-Id: r-7",
                            "X-Content-Type-Options: nosniff",
                            "Vary: Accept, Prefer",
                            "Content-Length: " + answer.body().length,
                            "Connection: keep-alive");
            assertThat(answer.text()).startsWith("{\"events\":[{\"id\":\"").endsWith("\"}\n");
            events.addAll(values(answer.text()));
            from = cursor(answer);
        }
        assertThat(events).containsExactly("one", "two");
    }

    @Test
    void answersWithExactlyTheseBytesInEachFormat() throws IOException {
        var start = "cursor=" + cursor(gateway.get(url("form", "wait=0")));
        var at = broker.send(topic, 0, "form", "{\"a\": 1}".getBytes(UTF_8), "content-type", "application/json");
        assertThat(gateway.get(url("form", start)).text())
                .matches("\\{\"events\":\\[\\{\"id\":\"([\\w-]+)\",\"channel\":\"" + topic
                        + ".form\",\"data\":\\{\"a\": 1}}],\"cursor\":\"\\1\"}\n");
        assertThat(gateway.get(url("form", "format=json", start)).text())
                .matches("\\{\"events\":\\[\\{\"id\":\"([\\w-]+)\",\"channel\":\"" + topic + ".form\",\"eventId\":\""
                        + topic + "/0/" + at.offset() + "\",\"eventType\":\"dev.fanfare.record\",\"key\":\"form\","
                        + "\"time\":\"[0-9TZ:.-]+\",\"data\":\\{\"a\": 1}}],\"cursor\":\"\\1\"}\n");
        assertThat(gateway.get(url("form", "format=cloudevents", start)).text())
                .matches("\\{\"events\":\\[\\{\"specversion\":\"1.0\",\"id\":\"" + topic + "/0/" + at.offset()
                        + "\",\"source\":\"/kafka/" + topic + "\",\"type\":\"dev.fanfare.record\","
                        + "\"time\":\"[0-9TZ:.-]+\",\"datacontenttype\":\"application/json\","
                        + "\"partitionkey\":\"form\",\"fanfarechannel\":\"" + topic
                        + ".form\",\"fanfarecursor\":\"([\\w-]+)\",\"data\":\\{\"a\": 1}}],\"cursor\":\"\\1\"}\n");
    }

    @Test
    void tellsATombstoneABinaryValueAndAGap() throws IOException {
        var from = cursor(gateway.get(url("odd", "wait=0")));
        broker.send(topic, 0, "odd", null);
        broker.send(topic, 0, "odd", new byte[] {(byte) 0xff});
        var large = broker.send(topic, 0, "odd", new byte[300_000]);
        var all = new StringBuilder();
        while (!all.toString().contains("gaps")) {
            var answer = gateway.get(url("odd", "cursor=" + from));
            all.append(answer.text());
            from = cursor(answer);
        }
        assertThat(all.toString())
                .contains(
                        ",\"data\":null,\"deleted\":true}",
                        ",\"data_base64\":\"/w==\"}",
                        "],\"gaps\":[{\"type\":\"gap\",\"cursor\":\"",
                        "\"reason\":\"too-large\",\"topic\":\"" + topic + "\",\"partition\":0,\"from\":"
                                + large.offset() + ",\"to\":" + (large.offset() + 1) + "}],\"cursor\":\"");
    }

    @Test
    void holdsAnEmptyPollUntilThereIsAnEvent() throws IOException {
        try (var client = gateway.connect()) {
            client.get(url("held", "wait=30"));
            awaitSessions(1);
            publish("held", "at last");
            assertThat(values(client.answer().text())).containsExactly("at last");
        }
    }

    @Test
    void answersEmptyAtTheDeadlineWithACursorThatGoesOn() throws IOException {
        var first = gateway.get(url("empty", "wait=300ms"));
        assertThat(first.text()).matches("\\{\"events\":\\[],\"cursor\":\"[\\w-]+\"}\n");
        assertThat(first.head().header("Preference-Applied")).isEmpty();
        var second = gateway.get(url("empty", "wait=0", "cursor=" + cursor(first)));
        assertThat(second.text()).startsWith("{\"events\":[],");
        publish("empty", "later");
        var third = gateway.get(url("empty", "wait=20", "cursor=" + cursor(second)));
        assertThat(values(third.text())).containsExactly("later");
    }

    @Test
    void waitsAsPreferredAndSaysSo() throws IOException {
        for (var prefer : new String[] {"wait=0", "respond-async, wait=0", "Wait=\"0\"", "handling=lenient,wait = 0"}) {
            assertThat(gateway.get(url("pref"), "Prefer: " + prefer).header("Preference-Applied"))
                    .as(prefer)
                    .isEqualTo("wait=0");
        }
        try (var client = gateway.connect()) {
            client.get(url("pref"), "Prefer: wait=3000");
            awaitSessions(1);
            publish("pref", "x");
            assertThat(client.answer().header("Preference-Applied"))
                    .as("no more than poll.hold-max")
                    .isEqualTo("wait=55");
        }
        assertThat(gateway.get(url("pref", "wait=0"), "Prefer: wait=3000")
                        .head()
                        .header("Preference-Applied"))
                .as("the parameter goes before the header")
                .isEmpty();
    }

    @Test
    void answersABacklogEvenWhereTheClientWouldNotWait() throws IOException {
        publish("backlog", "1");
        for (int i = 0; i < 20; i++) {
            var answer = gateway.get(url("backlog", "wait=0", "since=1h"));
            assertThat(values(answer.text())).containsExactly("1");
        }
    }

    @Test
    void servesPollAfterPollOnOneConnection() throws IOException {
        try (var client = gateway.connect()) {
            var from = cursor(client.get(url("keep", "wait=0")).answer());
            for (int i = 0; i < 5; i++) {
                publish("keep", "n" + i);
                var answer = client.get(url("keep", "cursor=" + from)).answer();
                assertThat(values(answer.text())).containsExactly("n" + i);
                from = cursor(answer);
            }
            assertThat(client.get("/health/live").answer().status())
                    .as("anything else too")
                    .isEqualTo(200);
            assertThat(client.get(url("keep", "wait=0")).answer().status()).isEqualTo(200);
        }
    }

    @Test
    void answersPipelinedRequestsInTheirOrder() throws IOException {
        try (var client = gateway.connect()) {
            var request = "GET " + url("pipe", "wait=%s") + " HTTP/1.1\r\nHost: x\r\nX-Request-Id: %s\r\n\r\n";
            client.send(request.formatted("500ms", "a") + request.formatted("0", "b")
                    + "GET /health/live HTTP/1.1\r\nHost: x\r\nX-Request-Id: c\r\n\r\n");
            for (var id : new String[] {"a", "b", "c"}) {
                var answer = client.answer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("X-Request-Id")).isEqualTo(id);
            }
        }
    }

    @Test
    void takesARequestThatComesInPieces() throws IOException {
        try (var client = gateway.connect()) {
            var request = "GET " + url("pieces", "wait=0") + " HTTP/1.1\r\nHost: x\r\n\r\n";
            for (int i = 0; i < request.length(); i++) {
                client.send(request.substring(i, i + 1));
            }
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void closesWhereTheClientAsksForIt() throws IOException {
        try (var client = gateway.connect()) {
            var answer = client.get(url("close", "wait=0"), "Connection: close").answer();
            assertThat(answer.header("Connection")).isEqualTo("close");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void leavesNothingBehindWhereMoreWasSentThanIsAnswered() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (var client = gateway.connect()) {
                client.send("GET " + url("more", "wait=0") + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /");
                assertThat(client.answer().status()).isEqualTo(200);
                assertThat(client.isAtEnd()).isTrue();
            }
        }
        var threads = ConnectionThreads.ids();
        Awaitility.await()
                .during(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(threads).containsAll(ConnectionThreads.ids()));
    }

    @Test
    void doesNotTakeABodyForTheNextRequest() throws IOException {
        var smuggled = "GET /v1/events?channel=x.y&wait=0 HTTP/1.1\r\nHost: x\r\n\r\n";
        for (var accept : new String[] {"application/json", "text/event-stream"}) {
            try (var client = gateway.connect()) {
                client.get(url("body", "wait=0"), "Accept: " + accept, "Content-Length: " + smuggled.length())
                        .send(smuggled)
                        .get("/health/live", "X-Request-Id: after");
                var answer = client.answer();
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.text()).contains("\"code\":\"invalid-message\"", "body");
                assertThat(client.answer().header("X-Request-Id")).isEqualTo("after");
            }
        }
    }

    @Test
    void forgetsAHeldPollWhoseClientIsGone() throws IOException {
        var client = gateway.connect();
        client.get(url("left", "wait=50"));
        awaitSessions(1);
        client.close();
        awaitSessions(0);
    }

    @Test
    void forgetsAHeldPollWhoseClientHasClosedItsHalf() throws IOException {
        try (var client = gateway.connect()) {
            client.get(url("half", "wait=50"));
            awaitSessions(1);
            client.socket().shutdownOutput();
            awaitSessions(0);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void answersHeldPollsWhenTheGatewayStops() throws Exception {
        try (var other = new Gateways().route(topic, "{topic}.{key}").start();
                var client = other.connect()) {
            client.get(url("stop", "wait=50"));
            Awaitility.await().until(() -> other.metric("fanfare_sessions", "poll") >= 1);
            var stopping = Thread.startVirtualThread(other::close);
            var answer = client.answer();
            assertThat(answer.text()).startsWith("{\"events\":[],\"cursor\":\"");
            publish("stop", "meanwhile");
            assertThat(values(
                            gateway.get(url("stop", "cursor=" + cursor(answer))).text()))
                    .containsExactly("meanwhile");
            stopping.join();
        }
    }

    @Test
    void missesNothingBetweenPolls() throws Exception {
        int count = 400;
        var from = cursor(gateway.get(url("flow", "wait=0")));
        var publisher = Thread.startVirtualThread(() -> {
            for (int i = 0; i < count; i++) {
                broker.send(topic, i % 3, "flow", Integer.toString(i).getBytes(UTF_8));
            }
        });
        var seen = new ArrayList<String>();
        try (var client = gateway.connect()) {
            while (seen.size() < count) {
                var answer =
                        client.get(url("flow", "wait=10", "cursor=" + from)).answer();
                var numbers = values(answer.text());
                assertThat(numbers).as("after %d: %s", seen.size(), answer).isNotEmpty();
                seen.addAll(numbers);
                from = cursor(answer);
            }
        }
        publisher.join();
        assertThat(seen).hasSize(count);
        assertThat(new HashSet<>(seen)).hasSize(count);
        for (int p = 0; p < 3; p++) {
            int partition = p;
            assertThat(seen.stream().map(Integer::valueOf).filter(i -> i % 3 == partition))
                    .isSorted();
        }
    }

    private static double ended() throws IOException {
        return gateway.metric("fanfare_sessions_ended_total", "reason=\"answered\"");
    }

    @Test
    void aClientThatComesBackGoesOnWithItsSession() throws IOException {
        awaitSessions(0);
        double before = ended();
        try (var client = gateway.connect()) {
            var from = cursor(client.get(url("same", "wait=0")).answer());
            for (int i = 0; i < 10; i++) {
                publish("same", "n" + i);
                var answer = client.get(url("same", "cursor=" + from)).answer();
                assertThat(values(answer.text())).containsExactly("n" + i);
                assertThat(answer.header("Connection")).isEqualTo("keep-alive");
                from = cursor(answer);
            }
            assertThat(ended() - before)
                    .as("the first one's, which had no cursor, and of those who were very quick")
                    .isBetween(1.0, 5.0);
            awaitSessions(0); // once it stays away
            publish("same", "meanwhile");
            assertThat(values(client.get(url("same", "cursor=" + from)).answer().text()))
                    .containsExactly("meanwhile");
        }
    }

    @Test
    void aClientThatComesBackIsHeldAsBefore() throws IOException {
        try (var client = gateway.connect()) {
            var from = cursor(client.get(url("again", "wait=0")).answer());
            for (int i = 0; i < 3; i++) {
                var empty =
                        client.get(url("again", "wait=300ms", "cursor=" + from)).answer();
                assertThat(empty.text()).startsWith("{\"events\":[],");
                from = cursor(empty);
            }
            client.get(url("again", "wait=300ms", "cursor=" + from));
            publish("again", "x");
            var got = new ArrayList<String>();
            for (var answer = client.answer(); got.isEmpty(); answer = client.answer()) {
                got.addAll(values(answer.text()));
                client.get(url("again", "wait=300ms", "cursor=" + cursor(answer)));
            }
            assertThat(got).containsExactly("x");
        }
    }

    @Test
    void aClientThatComesBackIsAnsweredWhatItAsks() throws IOException {
        try (var client = gateway.connect()) {
            var start = cursor(client.get(url("asks", "wait=0")).answer());
            publish("asks", "1");
            var one = client.get(url("asks", "cursor=" + start)).answer();
            publish("asks", "2");
            var two = client.get(url("asks", "cursor=" + cursor(one))).answer();
            assertThat(values(two.text())).containsExactly("2");
            var again = client.get(url("asks", "cursor=" + cursor(one))).answer();
            assertThat(values(again.text())).as("from an earlier cursor").containsExactly("2");
            publish("else", "3");
            var other = client.get(url("else", "cursor=" + cursor(two))).answer();
            assertThat(values(other.text())).as("another channel").containsExactly("3");
            var head = client.get(url("asks", "cursor=" + cursor(two), "format=json", "wait=0"), "X-Request-Id: mine");
            assertThat(head.answer().header("X-Request-Id")).isEqualTo("mine");
        }
    }

    /// Clients that come back in all sorts of ways: at once, late, with another header, in pieces, two at a time.
    @Test
    void missesNothingHoweverClientsComeBack() throws Exception {
        int count = 300;
        long seed = Long.getLong("fanfare.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var from = cursor(gateway.get(url("mixed", "wait=0")));
        var publisher = Thread.startVirtualThread(() -> {
            for (int i = 0; i < count; i++) {
                broker.send(topic, 0, "mixed", Integer.toString(i).getBytes(UTF_8));
            }
        });
        var expected = IntStream.range(0, count).mapToObj(Integer::toString).toList();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 12)
                    .mapToObj(n -> clients.submit(() -> pollAll(from, count, new Random(seed + n))))
                    .toList();
            for (var seen : all) {
                assertThat(seen.get(40, TimeUnit.SECONDS)).isEqualTo(expected);
            }
        }
        publisher.join();
    }

    private static List<String> pollAll(String start, int count, Random random) throws IOException {
        var seen = new ArrayList<String>();
        var from = start;
        try (var client = gateway.connect()) {
            while (seen.size() < count) {
                var request = "GET " + url("mixed", "wait=10", "cursor=" + from) + " HTTP/1.1\r\nHost: x\r\n"
                        + (random.nextInt(4) == 0 ? "X-Odd: " + random.nextInt() + "\r\n" : "") + "\r\n";
                int cut = random.nextInt(4) == 0 ? random.nextInt(request.length()) : 0;
                boolean twice = random.nextInt(8) == 0;
                client.send(request.substring(0, cut)).send(request.substring(cut) + (twice ? request : ""));
                var answer = client.answer();
                assertThat(values(answer.text())).as(answer.toString()).isNotEmpty();
                var numbers = values(answer.text());
                assertThat(Integer.parseInt(numbers.getFirst()))
                        .as("%s%n%s%n%s", seen, request, answer)
                        .isEqualTo(seen.size());
                seen.addAll(numbers);
                from = cursor(answer);
                if (twice) {
                    assertThat(values(client.answer().text())).isNotEmpty();
                }
            }
        }
        return seen;
    }

    @Test
    void boundsOneAnswerAndGoesOnAfterIt() throws IOException {
        var gateways = new Gateways().route(topic, "{topic}.{key}");
        gateways.poll = new Poll(Duration.ofSeconds(25), Duration.ofSeconds(55), 2000, 64 << 20);
        try (var small = gateways.start()) {
            var from = cursor(small.get(url("bound", "wait=0")));
            for (int i = 0; i < 200; i++) {
                publish("bound", i + "x".repeat(500));
            }
            var seen = new ArrayList<String>();
            int polls = 0;
            while (seen.size() < 200) {
                var answer = small.get(url("bound", "cursor=" + from));
                assertThat(answer.body()).hasSizeLessThan(2000 + 65_536 + 1000);
                seen.addAll(values(answer.text()));
                from = cursor(answer);
                polls++;
            }
            assertThat(seen).doesNotHaveDuplicates().hasSize(200);
            assertThat(polls).isGreaterThan(1);
        }
    }

    /// Polls that may gather 8 MiB each, of as much memory for all.
    private static Gateways.Running withBuffers(long bytes, int writeBytes) {
        var gateways = new Gateways().route(topic, "{topic}.{key}");
        gateways.poll = new Poll(Duration.ofSeconds(25), Duration.ofSeconds(55), 8 << 20, bytes);
        var s = gateways.session;
        gateways.session = new Session(
                s.heartbeat(),
                s.heartbeatMin(),
                s.heartbeatMax(),
                Duration.ofMinutes(1),
                s.stall(),
                s.sseLife(),
                s.channelsMax(),
                s.eventMax(),
                writeBytes,
                s.policies());
        return gateways.start();
    }

    private static String publishThreeMebibytes(Gateways.Running to, String key) throws IOException {
        var start = cursor(to.get(url(key, "wait=0")));
        for (int i = 0; i < 30; i++) {
            publish(key, i + "x".repeat(100_000));
        }
        awaitBody(to, url(key, "cursor=" + start), 1, Integer.MAX_VALUE);
        return start;
    }

    private static void awaitBody(Gateways.Running of, String url, int least, int most) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(of.get(url).body()).hasSizeBetween(least, most));
    }

    @Test
    void answersShortlyWhileAllAnswersTogetherTakeTooMuchMemory() throws IOException {
        int bound = 1 << 20;
        int write = 65_536 + 101_000; // give or take an event
        try (var tight = withBuffers(bound, 65_536)) {
            var start = publishThreeMebibytes(tight, "memory");
            var all = url("memory", "cursor=" + start);
            awaitBody(tight, all, bound, bound + write);
            try (var slow = tight.connect()) {
                slow.get(all); // and does not read
                awaitBody(tight, all, 1, write);
                var seen = new ArrayList<String>();
                for (var from = start; seen.size() < 30; ) {
                    var answer = tight.get(url("memory", "cursor=" + from));
                    assertThat(answer.body()).hasSizeLessThan(write);
                    seen.addAll(values(answer.text()));
                    from = cursor(answer);
                }
                assertThat(seen).doesNotHaveDuplicates().hasSize(30);
                assertThat(slow.answer().body()).hasSizeBetween(bound, bound + write);
            }
            awaitBody(tight, all, bound, bound + write);
        }
    }

    @Test
    void refusesPollsWhileThereIsNoMemoryForTheirAnswers() throws IOException {
        try (var tight = withBuffers(100_000, 1 << 20)) {
            var start = publishThreeMebibytes(tight, "refused");
            var all = url("refused", "cursor=" + start);
            awaitBody(tight, all, 1 << 20, (1 << 20) + 101_000);
            try (var slow = tight.connect()) {
                slow.get(all); // and does not read
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(tight.get(all).status()).isEqualTo(503));
                var refusal = tight.get(all);
                assertThat(refusal.text()).contains("about:blank#poll-busy");
                assertThat(refusal.header("Retry-After")).isEqualTo("1");
            }
            awaitBody(tight, all, 1 << 20, (1 << 20) + 101_000);
        }
    }

    private static void awaitSessions(int expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(gateway.metric("fanfare_sessions", "transport=\"poll\""))
                        .isEqualTo(expected));
    }
}
