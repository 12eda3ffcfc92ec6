package dev.fanfare.gateway.transport;

import static dev.fanfare.gateway.testing.Texts.cursor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Long-polls that come one after the other over HTTP/1.1, which go on with the session of the last one.
@Timeout(60)
class PollAgainTest {
    private static Polls polls;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        polls = Polls.ofNewTopic("poll-again");
        gateway = polls.gateways().start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void servesPollAfterPollOnOneConnection() throws IOException {
        try (var client = gateway.connect()) {
            var from = cursor(client.get(polls.url("keep", "wait=0")).answer());
            for (int i = 0; i < 5; i++) {
                polls.publish("keep", "n" + i);
                var answer = client.get(polls.url("keep", "cursor=" + from)).answer();
                assertThat(Polls.values(answer.text())).containsExactly("n" + i);
                from = cursor(answer);
            }
            assertThat(client.get("/health/live").answer().status())
                    .as("anything else too")
                    .isEqualTo(200);
            assertThat(client.get(polls.url("keep", "wait=0")).answer().status())
                    .isEqualTo(200);
        }
    }

    @Test
    void missesNothingBetweenPolls() throws Exception {
        int count = 400;
        var from = cursor(gateway.get(polls.url("flow", "wait=0")));
        var publisher = Thread.startVirtualThread(() -> {
            for (int i = 0; i < count; i++) {
                LocalBroker.get()
                        .send(polls.topic(), i % 3, "flow", Integer.toString(i).getBytes(UTF_8));
            }
        });
        var seen = new ArrayList<String>();
        try (var client = gateway.connect()) {
            while (seen.size() < count) {
                var answer = client.get(polls.url("flow", "wait=10", "cursor=" + from))
                        .answer();
                var numbers = Polls.values(answer.text());
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
        Polls.awaitSessions(gateway, 0);
        double before = ended();
        try (var client = gateway.connect()) {
            var from = cursor(client.get(polls.url("same", "wait=0")).answer());
            for (int i = 0; i < 10; i++) {
                polls.publish("same", "n" + i);
                var answer = client.get(polls.url("same", "cursor=" + from)).answer();
                assertThat(Polls.values(answer.text())).containsExactly("n" + i);
                assertThat(answer.header("Connection")).isEqualTo("keep-alive");
                from = cursor(answer);
            }
            assertThat(ended() - before)
                    .as("the first one's, which had no cursor, and of those who were very quick")
                    .isBetween(1.0, 5.0);
            Polls.awaitSessions(gateway, 0); // once it stays away
            polls.publish("same", "meanwhile");
            assertThat(Polls.values(client.get(polls.url("same", "cursor=" + from))
                            .answer()
                            .text()))
                    .containsExactly("meanwhile");
        }
    }

    @Test
    void aClientThatComesBackIsHeldAsBefore() throws IOException {
        try (var client = gateway.connect()) {
            var from = cursor(client.get(polls.url("again", "wait=0")).answer());
            for (int i = 0; i < 3; i++) {
                var empty = client.get(polls.url("again", "wait=300ms", "cursor=" + from))
                        .answer();
                assertThat(empty.text()).startsWith("{\"events\":[],");
                from = cursor(empty);
            }
            client.get(polls.url("again", "wait=300ms", "cursor=" + from));
            polls.publish("again", "x");
            var got = new ArrayList<String>();
            for (var answer = client.answer(); got.isEmpty(); answer = client.answer()) {
                got.addAll(Polls.values(answer.text()));
                client.get(polls.url("again", "wait=300ms", "cursor=" + cursor(answer)));
            }
            assertThat(got).containsExactly("x");
        }
    }

    @Test
    void aClientThatComesBackIsAnsweredWhatItAsks() throws IOException {
        try (var client = gateway.connect()) {
            var start = cursor(client.get(polls.url("asks", "wait=0")).answer());
            polls.publish("asks", "1");
            var one = client.get(polls.url("asks", "cursor=" + start)).answer();
            polls.publish("asks", "2");
            var two = client.get(polls.url("asks", "cursor=" + cursor(one))).answer();
            assertThat(Polls.values(two.text())).containsExactly("2");
            var again = client.get(polls.url("asks", "cursor=" + cursor(one))).answer();
            assertThat(Polls.values(again.text())).as("from an earlier cursor").containsExactly("2");
            polls.publish("else", "3");
            var other = client.get(polls.url("else", "cursor=" + cursor(two))).answer();
            assertThat(Polls.values(other.text())).as("another channel").containsExactly("3");
            var head = client.get(
                    polls.url("asks", "cursor=" + cursor(two), "format=json", "wait=0"), "X-Request-Id: mine");
            assertThat(head.answer().header("X-Request-Id")).isEqualTo("mine");
        }
    }

    /// Clients that come back in all sorts of ways: at once, late, with another header, in pieces, two at a time.
    @Test
    void missesNothingHoweverClientsComeBack() throws Exception {
        int count = 300;
        long seed = Long.getLong("fanfare.seed", System.nanoTime());
        System.out.println("seed " + seed);
        var from = cursor(gateway.get(polls.url("mixed", "wait=0")));
        var publisher = Thread.startVirtualThread(() -> {
            for (int i = 0; i < count; i++) {
                LocalBroker.get()
                        .send(polls.topic(), 0, "mixed", Integer.toString(i).getBytes(UTF_8));
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
                var request = "GET " + polls.url("mixed", "wait=10", "cursor=" + from) + " HTTP/1.1\r\nHost: x\r\n"
                        + (random.nextInt(4) == 0 ? "X-Odd: " + random.nextInt() + "\r\n" : "") + "\r\n";
                int cut = random.nextInt(4) == 0 ? random.nextInt(request.length()) : 0;
                boolean twice = random.nextInt(8) == 0;
                client.send(request.substring(0, cut)).send(request.substring(cut) + (twice ? request : ""));
                var answer = client.answer();
                assertThat(Polls.values(answer.text())).as(answer.toString()).isNotEmpty();
                var numbers = Polls.values(answer.text());
                assertThat(Integer.parseInt(numbers.getFirst()))
                        .as("%s%n%s%n%s", seen, request, answer)
                        .isEqualTo(seen.size());
                seen.addAll(numbers);
                from = cursor(answer);
                if (twice) {
                    assertThat(Polls.values(client.answer().text())).isNotEmpty();
                }
            }
        }
        return seen;
    }
}
