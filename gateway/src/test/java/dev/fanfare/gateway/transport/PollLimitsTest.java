package dev.fanfare.gateway.transport;

import static dev.fanfare.gateway.testing.Texts.cursor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.Poll;
import dev.fanfare.gateway.config.GatewaySettings.Session;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the answers to long-polls may take.
@Timeout(60)
class PollLimitsTest {
    private static Polls polls;

    @BeforeAll
    static void start() {
        polls = Polls.ofNewTopic("poll-limits");
    }

    @Test
    void boundsOneAnswerAndGoesOnAfterIt() throws IOException {
        var gateways = polls.gateways();
        gateways.poll = new Poll(Duration.ofSeconds(25), Duration.ofSeconds(55), 2000, 64 << 20);
        try (var small = gateways.start()) {
            var from = cursor(small.get(polls.url("bound", "wait=0")));
            for (int i = 0; i < 200; i++) {
                polls.publish("bound", i + "x".repeat(500));
            }
            var seen = new ArrayList<String>();
            int count = 0;
            while (seen.size() < 200) {
                var answer = small.get(polls.url("bound", "cursor=" + from));
                assertThat(answer.body()).hasSizeLessThan(2000 + 65_536 + 1000);
                seen.addAll(Polls.values(answer.text()));
                from = cursor(answer);
                count++;
            }
            assertThat(seen).doesNotHaveDuplicates().hasSize(200);
            assertThat(count).isGreaterThan(1);
        }
    }

    /// Polls that may gather 8 MiB each, of as much memory for all.
    private static Gateways.Running withBuffers(long bytes, int writeBytes) {
        var gateways = polls.gateways();
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
        var start = cursor(to.get(polls.url(key, "wait=0")));
        for (int i = 0; i < 30; i++) {
            polls.publish(key, i + "x".repeat(100_000));
        }
        awaitBody(to, polls.url(key, "cursor=" + start), 1, Integer.MAX_VALUE);
        return start;
    }

    private static void awaitBody(Gateways.Running of, String url, int least, int most) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            var answer = of.get(url);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).hasSizeBetween(least, most);
        });
    }

    /// A client may have the whole of an answer before the gateway has counted it as written.
    private static void awaitNothingHeld(Gateways.Running of) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(of.metric("fanfare_poll_bytes", "")).isZero());
    }

    /// A client of whose answer the kernel takes little while it is not read.
    private static RawClient slow(Gateways.Running of) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), of.port()));
        return RawClient.over(socket);
    }

    @Test
    void answersShortlyWhileAllAnswersTogetherTakeTooMuchMemory() throws IOException {
        int bound = 1 << 20;
        int write = 65_536 + 101_000; // give or take an event
        try (var tight = withBuffers(bound, 65_536)) {
            var start = publishThreeMebibytes(tight, "memory");
            var all = polls.url("memory", "cursor=" + start);
            awaitBody(tight, all, bound, bound + write);
            awaitNothingHeld(tight);
            try (var slow = slow(tight)) {
                slow.get(all); // and does not read
                awaitBody(tight, all, 1, write);
                var seen = new ArrayList<String>();
                for (var from = start; seen.size() < 30; ) {
                    var answer = tight.get(polls.url("memory", "cursor=" + from));
                    if (answer.status() == 503) {
                        awaitBody(tight, all, 1, write); // those before are still counted
                        continue;
                    }
                    assertThat(answer.body()).hasSizeLessThan(write);
                    seen.addAll(Polls.values(answer.text()));
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
            var all = polls.url("refused", "cursor=" + start);
            awaitBody(tight, all, 1 << 20, (1 << 20) + 101_000);
            awaitNothingHeld(tight);
            try (var slow = slow(tight)) {
                slow.get(all); // and does not read
                Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(tight.get(all).status()).isEqualTo(503));
                var refusal = tight.get(all);
                assertThat(refusal.text()).contains("about:blank#poll-busy");
                assertThat(refusal.header("Retry-After")).isEqualTo("1");
                assertThat(tight.metric("fanfare_poll_bytes", "")).isGreaterThanOrEqualTo(200_000);
            }
            awaitBody(tight, all, 1 << 20, (1 << 20) + 101_000);
        }
    }
}
