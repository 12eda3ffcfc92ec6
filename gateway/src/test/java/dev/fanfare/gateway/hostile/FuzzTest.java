package dev.fanfare.gateway.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.Poll;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Requests that are nearly right, of a seed that is always the same. No answer is the server's own fault, and nothing
/// is logged as one.
@Timeout(300)
class FuzzTest {
    private static final int REQUESTS = Boolean.getBoolean("fanfare.long") ? 10_000 : 1_000;
    private static final int AT_ONCE = 8;
    private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.1 (?!1..|2..|4..|501|503|505)");

    private static String topic;
    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("fuzz", 1);
        var settings = new Gateways().route(topic, "{topic}.{key}");
        var poll = Poll.DEFAULT; // one with more behind it is held as any other: for less than the test waits
        settings.poll = new Poll(Duration.ofSeconds(1), Duration.ofSeconds(2), poll.bytesMax(), poll.buffersMax());
        settings.publish = new Publish(true, topic, 1 << 16, 10, Duration.ofSeconds(5), Duration.ofMinutes(1), 10);
        gateway = settings.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void answersWhateverComes() throws IOException, InterruptedException, ExecutionException {
        long seed = Long.getLong("fanfare.seed", 20_261_126);
        System.out.println("FuzzTest: -Dfanfare.seed=" + seed);
        try (var siege = Siege.of(gateway, topic);
                var log = new LogWatch();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var streams = IntStream.range(0, AT_ONCE)
                    .<Future<?>>mapToObj(stream -> threads.submit(() -> {
                        var fuzz = new Fuzz(new Random(seed * 31 + stream));
                        for (int i = 0; i < REQUESTS / AT_ONCE; i++) {
                            exchange(fuzz.request());
                        }
                        return stream;
                    }))
                    .toList();
            siege.harmsNobody();
            for (var stream : streams) {
                stream.get();
            }
            assertThat(log.troubles()).isEmpty();
        }
    }

    /// The server has come to an end with it, or the read would time out.
    private static void exchange(byte[] request) throws IOException {
        try (var client = gateway.connect()) {
            try {
                client.send(request).socket().shutdownOutput();
                var answers = new String(client.in().readAllBytes(), ISO_8859_1);
                assertThat(ANSWER.matcher(answers).find())
                        .as("%s%n->%n%s", new String(request, ISO_8859_1), answers)
                        .isFalse();
            } catch (SocketException reset) {
                // the server did not want to hear the rest
            } catch (IOException hung) {
                throw new AssertionError("no end to the answer to\n" + new String(request, ISO_8859_1), hung);
            }
        }
    }
}
