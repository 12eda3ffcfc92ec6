package dev.fanfare.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamOutTest {
    private static final byte[] BYTES = {1, 2, 3};

    private final Slow body = new Slow();

    /// Blocks in its write until it is let go.
    private static final class Slow extends OutputStream {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch letGo = new CountDownLatch(1);

        @Override
        public void write(int b) throws IOException {
            begun.countDown();
            try {
                letGo.await();
            } catch (InterruptedException stopped) {
                throw new InterruptedIOException("interrupted");
            }
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            write(0);
        }
    }

    private static CompletableFuture<Boolean> write(StreamOut out) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                out.write(List.of(BYTES), BYTES.length);
                return true;
            } catch (IOException broken) {
                throw new CompletionException(broken);
            }
        });
    }

    private static CompletableFuture<Boolean> awaitEnd(StreamOut out) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                out.awaitEnd();
                return true;
            } catch (InterruptedException stopped) {
                throw new CompletionException(stopped);
            }
        });
    }

    @Test
    void letsAWriteUnderWayComeToItsEnd() throws Exception {
        var out = new StreamOut(body, Duration.ofDays(1));
        var write = write(out);
        body.begun.await();
        out.abort();
        var end = awaitEnd(out);
        assertThat(end.isDone()).as("somebody writes to it").isFalse();
        assertThat(write.isDone()).isFalse();
        body.letGo.countDown();
        assertThat(write.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(end.get(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> out.write(List.of(BYTES), BYTES.length)).hasMessage("the stream was cut");
    }

    @Test
    void interruptsAWriteThatIsStuckAlsoWhenItWasAbortedBefore() throws Exception {
        var out = new StreamOut(body, Duration.ofMillis(50));
        var write = write(out);
        body.begun.await();
        out.abort();
        while (!write.isDone()) {
            out.abort();
            Thread.onSpinWait();
        }
        assertThatThrownBy(() -> write.get(10, TimeUnit.SECONDS)).hasRootCauseMessage("interrupted");
        assertThat(awaitEnd(out).get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void endsAtOnceWhereNobodyWrites() throws Exception {
        var out = new StreamOut(body, Duration.ofDays(1));
        out.abort();
        assertThat(awaitEnd(out).get(10, TimeUnit.SECONDS)).isTrue();
    }
}
