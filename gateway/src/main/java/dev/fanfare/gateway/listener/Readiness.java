package dev.fanfare.gateway.listener;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Tells lines when there is something to read, or room to write. Where news follows news it waits a little for more:
/// to be woken for every few of thousands of requests costs more than to read them.
///
/// Threads: one of its own, which only passes the news on; everything else may be called by any thread.
final class Readiness implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Readiness.class.getName());

    private static final long BUSY_NANOS = Duration.ofMillis(2).toNanos();
    private static final long GATHER_NANOS = 300_000;

    private final Selector selector;
    private final Thread thread = Thread.ofPlatform().name("readiness").daemon().unstarted(this::run);

    Readiness() {
        try {
            selector = Selector.open();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        thread.start();
    }

    /// @param channel in non-blocking mode
    SelectionKey register(SocketChannel channel, Line line) throws IOException {
        return channel.register(selector, 0, line);
    }

    /// What lines are interested in has changed, or one has been closed: its descriptor is freed by the selecting
    /// thread only.
    void changed() {
        selector.wakeup();
    }

    private void run() {
        long last = System.nanoTime() - BUSY_NANOS;
        while (selector.isOpen()) {
            try {
                int passed = selector.select(Readiness::pass);
                long now = System.nanoTime();
                if (passed > 0 && now - last < BUSY_NANOS) {
                    LockSupport.parkNanos(GATHER_NANOS);
                }
                last = now;
            } catch (ClosedSelectorException stopped) {
                return;
            } catch (IOException
                    | RuntimeException
                    | Error fault) { // without this thread all connections would stand still
                LOG.log(System.Logger.Level.ERROR, "waiting for sockets failed", fault);
            }
        }
    }

    private static void pass(SelectionKey key) {
        try {
            ((Line) key.attachment()).ready(key.readyOps());
        } catch (CancelledKeyException closed) {
            // whoever waited was told
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
