package dev.fanfare.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConnectionThreadsTest {
    @Test
    void areThoseThatServeConnectionsWhileTheyDo() throws InterruptedException {
        var over = new CountDownLatch(1);
        Runnable wait = () -> {
            try {
                over.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        };
        var serving = Thread.ofVirtual().name("connection").start(wait);
        var other = Thread.ofVirtual().name("drain").start(wait);
        assertThat(ConnectionThreads.ids()).contains(serving.threadId()).doesNotContain(other.threadId());
        over.countDown();
        serving.join();
        other.join();
        assertThat(ConnectionThreads.ids()).doesNotContain(serving.threadId());
    }
}
