package dev.fanfare.gateway.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// The body of an HTTP/2 response that goes on while its handler waits in [#awaitEnd].
///
/// Helidon does not tell the writer of a stream that it was reset, nor a waiting handler that the connection broke:
/// both are noticed by the next write, which heartbeats make sure of.
final class StreamOut implements Out {
    private static final Duration STUCK = Duration.ofSeconds(1);

    private final OutputStream body;
    private final Duration stuck;
    private List<byte[]> taken = List.of(); // writer only
    private final CountDownLatch ended = new CountDownLatch(1);

    @GuardedBy("this")
    private @Nullable Thread writer;

    private volatile boolean aborted;
    private volatile long progressNanos;

    StreamOut(OutputStream body) {
        this(body, STUCK);
    }

    /// @param stuck a write that has made no progress for so long may be interrupted
    StreamOut(OutputStream body, Duration stuck) {
        this.body = body;
        this.stuck = stuck;
    }

    /// Helidon's stream may block at any time.
    @Override
    public boolean offer(List<byte[]> pieces, int bytes) {
        taken = List.copyOf(pieces);
        return false;
    }

    @Override
    public void finish() throws IOException {
        var pieces = taken;
        taken = List.of();
        synchronized (this) {
            if (aborted) {
                throw new IOException("the stream was cut");
            }
            writer = Thread.currentThread();
            progressNanos = System.nanoTime();
        }
        try {
            for (var piece : pieces) {
                body.write(piece);
                progressNanos = System.nanoTime();
            }
            body.flush();
        } catch (UncheckedIOException broken) {
            throw broken.getCause();
        } catch (RuntimeException reset) { // Helidon's word for a closed stream or connection
            throw new IOException(reset);
        } finally {
            synchronized (this) {
                writer = null;
                progressNanos = 0;
                if (aborted) {
                    Thread.interrupted();
                    ended.countDown();
                }
            }
        }
    }

    @Override
    public long stalledSince() {
        return progressNanos;
    }

    /// Lets a write under way come to its end, for it may be in the socket that all streams share, and an interrupt
    /// there closes that. Only one that is stuck is interrupted, so this is to be called again while
    /// [#stalledSince] says so.
    @Override
    public synchronized void abort() {
        aborted = true;
        if (writer == null) {
            ended.countDown();
        } else if (System.nanoTime() - progressNanos >= stuck.toNanos()) {
            writer.interrupt();
        }
    }

    /// Returns when the stream has ended and nobody writes to it any more, for the handler to return then.
    void awaitEnd() throws InterruptedException {
        ended.await();
    }
}
