package dev.fanfare.webhook.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.delivery.Reason;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionReuseTest {
    private static final int CALLS = 20;

    @Test
    void makesNoMoreConnectionsThanThereAreCallsAtATime() throws Exception {
        var all = new CyclicBarrier(CALLS); // so that all calls of a round are under way at once
        try (var server = RawServer.start((_, connection) -> {
                    all.await(30, TimeUnit.SECONDS);
                    connection.getOutputStream().write(RawServer.answer(200).getBytes(ISO_8859_1));
                });
                var sender = Senders.loopback()) {
            for (int round = 1; round <= 3; round++) {
                callAll(sender, server);
                assertThat(server.requests()).hasSize(round * CALLS);
                assertThat(server.connectionCount()).as("round %d", round).isEqualTo(CALLS);
            }
        }
    }

    private static void callAll(Sender sender, RawServer server) throws Exception {
        Callable<Reason> call = () -> sender.send(Senders.request(server)).reason();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(Collections.nCopies(CALLS, call))) {
                assertThat(answer.get()).isEqualTo(Reason.DELIVERED);
            }
        }
    }
}
