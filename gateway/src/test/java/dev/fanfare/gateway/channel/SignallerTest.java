package dev.fanfare.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelPattern;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How long what is touched waits for a thread.
@Timeout(30)
class SignallerTest {
    private static final long LONG = Duration.ofMillis(50).toNanos();

    @Test
    void saysHowLongItsBacklogMakesWait() {
        var busy = new CountDownLatch(1);
        var log = new ChannelLog(1);
        var _ = log.subscribe(ChannelPattern.parse("c"), () -> {
            try {
                busy.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
        try (var signaller = new Signaller(1)) {
            await().until(() -> {
                signaller.backlogNanos();
                return signaller.backlogNanos() < LONG;
            });
            signaller.enqueue(log);
            await().until(() -> signaller.backlogNanos() > LONG);
            busy.countDown();
            await().untilAsserted(() -> assertThat(signaller.backlogNanos()).isLessThan(LONG));
        }
    }
}
