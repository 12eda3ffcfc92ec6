package dev.fanfare.gateway.transport;

import static dev.fanfare.gateway.testing.Texts.cursor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.events.BadCursorException;
import dev.fanfare.events.Cursor;
import dev.fanfare.gateway.testing.EventSourceParser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a client starts, the same on all transports.
@Timeout(60)
class StartPointsTest {
    private static LocalBroker broker;
    private static String topic;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        broker = LocalBroker.get();
        topic = broker.newTopic("starts", 3);
        gateway = new Gateways().route(topic, "{topic}.{key}").start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void publish(String key, int from, int to) {
        for (int i = from; i <= to; i++) {
            broker.send(topic, 0, key, ("v" + i).getBytes(UTF_8));
        }
    }

    private static String url(String key, String... parameters) {
        return "/v1/events?channel=" + topic + "." + key + (parameters.length == 0 ? "" : "&")
                + String.join("&", parameters);
    }

    private static Cursor now() throws IOException, BadCursorException {
        return Cursor.decode(cursor(gateway.get(url("x", "wait=0"))));
    }

    /// What a stream says first, and so many events.
    private record Read(String ready, List<String> data, List<String> ids) {}

    private static Read read(int events, String target, String... headers) throws IOException {
        try (var client = gateway.connect()) {
            assertThat(client.openStream(target, headers).status()).isEqualTo(200);
            var stream = new EventSourceParser(client.in());
            var ready = stream.message("ready").data();
            var data = new ArrayList<String>();
            var ids = new ArrayList<String>();
            for (int i = 0; i < events; i++) {
                var message = stream.message();
                data.add(message.data());
                ids.add(message.lastEventId());
            }
            return new Read(ready, data, ids);
        }
    }

    @Test
    void headerBeatsCursorBeatsSinceBeatsLast() throws IOException {
        publish("order", 1, 5);
        var all = read(5, url("order", "since=1h"));
        assertThat(all.ready()).contains("\"from\":\"since\",\"resumed\":true,\"complete\":true");
        assertThat(all.data()).containsExactly("v1", "v2", "v3", "v4", "v5");

        var cursor = "cursor=" + all.ids().get(2);
        var header = "Last-Event-ID: " + all.ids().get(3);
        assertThat(read(1, url("order", cursor, "since=1h", "last=4"), header).data())
                .containsExactly("v5");
        var byCursor = read(2, url("order", cursor, "since=1h", "last=4"));
        assertThat(byCursor.data()).containsExactly("v4", "v5");
        assertThat(byCursor.ready()).contains("\"from\":\"cursor\",\"resumed\":true,\"complete\":true");
        assertThat(read(1, url("order", "since=1h", "last=1")).data()).containsExactly("v1");
        var last = read(2, url("order", "last=2"));
        assertThat(last.data()).containsExactly("v4", "v5");
        assertThat(last.ready()).contains("\"from\":\"last\",\"resumed\":true,\"complete\":true");
        assertThat(read(0, url("order")).ready()).contains("\"from\":\"live\",\"resumed\":false");
        assertThat(read(1, url("order", cursor), "Last-Event-ID:").data())
                .as("an empty header says nothing")
                .containsExactly("v4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cursor", "lastEventId", "last_event_id", "Last-Event-ID"})
    void takesTheCursorUnderEachOfItsNames(String name) throws IOException {
        publish("alias-" + name, 1, 2);
        var first = read(1, url("alias-" + name, "since=1h"));
        var again = url("alias-" + name, name + "=" + first.ids().getFirst());
        assertThat(read(1, again).data()).containsExactly("v2");
    }

    @Test
    void repeatsNothingWhenAnEventSourceComesBackToItsOldUrl() throws IOException {
        publish("again", 1, 12);
        read(12, url("again", "since=1h")); // the node has read them
        var url = url("again", "last=10");
        var before = read(7, url);
        assertThat(before.data()).startsWith("v3").endsWith("v9");
        publish("again", 13, 13);
        assertThat(read(4, url, "Last-Event-ID: " + before.ids().getLast()).data())
                .containsExactly("v10", "v11", "v12", "v13");
    }

    @Test
    void takesTimesAndDurations() throws IOException {
        publish("since", 1, 2);
        var hourAgo = Instant.now().minus(Duration.ofHours(1)).toString();
        for (var since : List.of(
                "10m",
                "PT10M",
                "600s",
                "90000ms",
                "2h",
                "1d",
                "36500d",
                "9999999999d",
                "P1D",
                hourAgo,
                hourAgo.replace("Z", "+00:00"),
                hourAgo.replace("Z", "%2B00:00"),
                "1969-07-20T20:17:40Z",
                "-999999999-01-01T00:00:00Z")) {
            assertThat(read(2, url("since", "since=" + since)).data()).as(since).containsExactly("v1", "v2");
        }
        assertThat(read(0, url("since", "since=0s")).ready()).contains("\"from\":\"since\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-10m",
                "PT-10M",
                "-PT10M",
                "yesterday",
                "10",
                "10x",
                "2999-01-01T00:00:00Z",
                "2026-11-21",
                "2026-11-21T10:00:00",
                "99999999999m",
                "P99999999999999999999D",
                "%00",
                "10m%0a"
            })
    void refusesATimeThatIsNoneOrLiesAhead(String since) throws IOException {
        var answer = gateway.get(url("x", "wait=0", "since=" + since));
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.text()).contains("\"code\":\"invalid-parameter\"", "parameter 'since' is");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1001", "ten", "1e3", "2147483648", "0x10", "1.5"})
    void refusesALastThatIsOutOfBounds(String last) throws IOException {
        var answer = gateway.get(url("x", "wait=0", "last=" + last));
        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        assertThat(answer.text()).contains("\"code\":\"invalid-parameter\"", "use a number from 0 to 1000");
    }

    @Test
    void bringsTheLastEventsOfAllPartitionsAndNoMore() throws IOException {
        for (int i = 1; i <= 9; i++) {
            broker.send(topic, i % 3, "spread", ("v" + i).getBytes(UTF_8));
        }
        read(9, url("spread", "since=1h"));
        assertThat(read(4, url("spread", "last=4")).data()).hasSize(4).doesNotHaveDuplicates();
        assertThat(read(9, url("spread", "last=1000")).data()).hasSize(9).doesNotHaveDuplicates();
        assertThat(read(0, url("spread", "last=0")).ready()).contains("\"from\":\"last\"");
    }

    @Test
    void startsAtTheHeadInTopicsThatTheCursorDoesNotName() throws IOException {
        publish("forged", 1, 1);
        read(1, url("forged", "since=1h"));
        var empty = new Cursor(0, List.of()).encode();
        try (var client = gateway.connect()) {
            client.openStream(url("forged", "cursor=" + empty));
            var events = new EventSourceParser(client.in());
            assertThat(events.message("ready").data()).contains("\"from\":\"cursor\"");
            publish("forged", 2, 2);
            assertThat(events.message().data()).isEqualTo("v2");
        }
    }

    @Test
    void handsBackPositionsInTopicsThatItDoesNotKnow() throws IOException, BadCursorException {
        var stranger = new Cursor.TopicPosition(7, 8, new long[] {9}, new int[] {3});
        var token = new Cursor(0, List.of(stranger)).encode();
        var answer = gateway.get(url("x", "wait=0", "cursor=" + token));
        assertThat(Cursor.decode(cursor(answer)).topics()).contains(stranger);
    }

    @Test
    void refusesACursorWithMorePositionsElsewhereThanItCouldHandBack() throws IOException {
        var strangers = new ArrayList<Cursor.TopicPosition>();
        for (int i = 0; i < 64; i++) {
            strangers.add(new Cursor.TopicPosition(i, 8, new long[8], new int[8]));
        }
        var token = new Cursor(0, strangers).encode();
        for (var accept : List.of("application/json", "text/event-stream")) {
            var answer = gateway.get(url("x", "wait=0"), "Last-Event-ID: " + token, "Accept: " + accept);
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(answer.text()).contains("\"code\":\"invalid-cursor\"", "64 topics");
        }
    }

    @Test
    void tellsAGapToACursorThatIsAheadOfKafka() throws IOException, BadCursorException {
        var now = now();
        var here = now.topics().getFirst();
        var ahead = here.nextOffsets().clone();
        ahead[1] += 1_000_000;
        var position = new Cursor.TopicPosition(here.nameHash(), here.idHash(), ahead, here.leaderEpochs());
        var token = new Cursor(now.timestampMillis(), List.of(position)).encode();
        for (int i = 0; i < 20; i++) {
            assertThat(gateway.get(url("x", "wait=0", "cursor=" + token)).text())
                    .as("not lost, however short the poll")
                    .contains("\"gaps\":[{\"type\":\"gap\"", "\"reason\":\"truncated\"", "\"to\":" + ahead[1] + "}]");
        }
    }

    @Test
    void tellsAGapAndGoesByTimeWhereTheTopicIsAnotherOne() throws IOException, BadCursorException {
        publish("other", 1, 2);
        read(2, url("other", "since=1h")); // the node has read them
        var here = now().topics().getFirst();
        var position =
                new Cursor.TopicPosition(here.nameHash(), here.idHash() ^ 1, here.nextOffsets(), here.leaderEpochs());
        var token = new Cursor(0, List.of(position)).encode();
        var answer = gateway.get(url("other", "wait=0", "cursor=" + token));
        assertThat(answer.text())
                .contains(
                        "\"reason\":\"topic-recreated\"", "\"approximate\":true", "\"data\":\"v1\"", "\"data\":\"v2\"");
    }

    /// Whoever is cut off before the last of the gaps comes back with the cursor of what it got, and is told again.
    @Test
    void keepsTheClientsCursorUntilAllGapsAreTold() throws IOException, BadCursorException {
        var here = now().topics().getFirst();
        var position =
                new Cursor.TopicPosition(here.nameHash(), here.idHash() ^ 1, here.nextOffsets(), here.leaderEpochs());
        var token = new Cursor(0, List.of(position)).encode();
        assertThat(read(1, url("gaps", "cursor=" + token)).ready()).contains("\"cursor\":\"" + token + "\"");
        var told = read(here.nextOffsets().length, url("gaps", "cursor=" + token));
        assertThat(told.data()).hasSizeGreaterThan(1).allMatch(gap -> gap.contains("\"reason\":\"topic-recreated\""));
        assertThat(told.ids().subList(0, told.ids().size() - 1)).containsOnly(token);
        assertThat(told.ids().getLast()).isNotEqualTo(token);
    }

    @Test
    void refusesHostileCursors() throws IOException {
        var seed = Long.getLong("fanfare.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var good = cursor(gateway.get(url("x", "wait=0")));
        var tokens = new ArrayList<>(List.of(
                "x",
                good + "A",
                good + "=",
                good.substring(1),
                good.substring(0, good.length() - 1),
                good.toLowerCase(Locale.ROOT),
                "A".repeat(4096),
                "A".repeat(4097),
                "_".repeat(4000),
                "%00",
                "%0d%0aX-Evil:%201",
                "../../etc/passwd",
                "%F0%9F%92%A9",
                encode(1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
                encode(1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x07),
                encode(2, 0)));
        int hostile = tokens.size();
        for (int i = 0; i < 100; i++) {
            var bytes = new byte[random.nextInt(1, 60)];
            random.nextBytes(bytes);
            bytes[0] = (byte) random.nextInt(3);
            tokens.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        }
        for (int i = 0; i < tokens.size(); i++) {
            var token = tokens.get(i);
            var inUrl = gateway.get(url("x", "wait=0", "cursor=" + token));
            if (i < hostile || inUrl.status() != 200) { // random bytes may happen to be a cursor
                assertThat(inUrl.status()).as("%s: %s", token, inUrl).isEqualTo(400);
                assertThat(inUrl.text()).contains("\"code\":\"invalid-cursor\"").hasSizeLessThan(600);
            }
            if (!token.contains("%")) {
                var inHeader = gateway.get(url("x", "wait=0"), "Last-Event-ID: " + token);
                assertThat(inHeader.status()).as(token).isEqualTo(inUrl.status());
            }
        }
    }

    private static String encode(int... bytes) {
        var all = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }
}
