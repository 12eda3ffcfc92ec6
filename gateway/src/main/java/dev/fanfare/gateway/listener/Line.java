package dev.fanfare.gateway.listener;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.helidon.webserver.spi.ServerConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client's TCP connection, with or without TLS. Whoever serves it may read and write as Helidon does, blocking, or
/// do what can be done at once and [#park]: then no thread belongs to the connection until there is something to read.
///
/// Threads: one reads and one writes at a time; anybody may [#close]. Whoever is interrupted while it waits finds the
/// line closed, as with the JDK's channels.
public final class Line extends LineSocket {
    private static final System.Logger LOG = System.getLogger(Line.class.getName());

    private final Readiness readiness;
    private final SelectionKey key;
    private final Consumer<Line> onClosed;

    @GuardedBy("this")
    private @Nullable Thread reader; // waits for something to read

    @GuardedBy("this")
    private @Nullable Thread writer; // waits for room

    @GuardedBy("this")
    private @Nullable Parked parked;

    @GuardedBy("this")
    private boolean parkedReads;

    @GuardedBy("this")
    private boolean woken; // while it was served

    @GuardedBy("this")
    private boolean closed;

    private @Nullable Parked next; // serving thread only
    private boolean nextReads;
    private volatile @Nullable ServerConnection serving;

    /// What a parked line waits for.
    public interface Parked {
        /// Serves it, on a thread of its own: there is something to read, or the line is closed, or was woken.
        void serve();

        /// Is offered what the peer has sent, by the thread that waits for all lines: it must not block.
        ///
        /// @return whether that is dealt with, and the line stays parked
        default boolean take(byte[] bytes) {
            return false;
        }
    }

    /// @param channel in non-blocking mode
    /// @param tls null: without
    /// @param onClosed run once, by whoever closes it; must not block
    Line(SocketChannel channel, @Nullable Tls tls, Readiness readiness, Consumer<Line> onClosed) throws IOException {
        super(channel, tls);
        this.readiness = readiness;
        this.onClosed = onClosed;
        this.key = readiness.register(channel, this);
    }

    // ---- being served ----

    /// Starts to serve the connection, on a virtual thread. It is closed when that ends, unless it was parked.
    void serve(Runnable task) {
        Thread.ofVirtual().name("connection").start(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error fault) {
                LOG.log(System.Logger.Level.WARNING, "a connection is closed", fault);
                next = null;
            } finally {
                leave();
            }
        });
    }

    /// Who serves it, from now until it is parked.
    public void servedBy(ServerConnection connection) {
        serving = connection;
    }

    /// Asked of the serving thread, which is to return then: the line is served by another one as soon as there is
    /// something to read, or the line is closed or woken.
    public void park(Parked waiting) {
        next = waiting;
        nextReads = true;
    }

    /// As [#park], but does not look at what the peer sends.
    public void hold(Parked waiting) {
        next = waiting;
        nextReads = false;
    }

    private void leave() {
        var waiting = next;
        boolean reads = nextReads;
        next = null;
        serving = null;
        if (waiting == null) {
            close();
        } else {
            park(waiting, reads);
        }
    }

    private void park(Parked waiting, boolean reads) {
        boolean hasMore = reads && tls != null && tls.hasRecord(); // came together with what was read
        boolean now;
        boolean asks = false;
        synchronized (this) {
            now = woken || closed || hasMore;
            woken = false;
            if (!now) {
                parked = waiting;
                parkedReads = reads;
                asks = reads && ask(SelectionKey.OP_READ);
            }
        }
        if (now) {
            serve(waiting::serve);
        } else if (asks) {
            readiness.changed();
        }
    }

    /// Whether the selecting thread has to hear of it.
    @GuardedBy("this")
    private boolean ask(int operation) {
        try {
            return (key.interestOpsOr(operation) & operation) == 0;
        } catch (CancelledKeyException gone) {
            return false; // whoever closes it sees to the rest
        }
    }

    /// Has a parked line served; one that is being served, again after that.
    public void wake() {
        Parked waiting;
        synchronized (this) {
            waiting = parked;
            parked = null;
            woken = waiting == null;
        }
        if (waiting != null) {
            serve(waiting::serve);
        }
    }

    /// Called by [Readiness]. What a parked line has to read is read at once, so that it need not be asked to tell of
    /// the next time.
    void ready(int operations) {
        Parked waiting = null;
        synchronized (this) {
            int over = operations;
            if ((operations & SelectionKey.OP_WRITE) != 0) {
                LockSupport.unpark(writer);
                writer = null;
            }
            if ((operations & SelectionKey.OP_READ) != 0) {
                if (reader != null) {
                    LockSupport.unpark(reader);
                    reader = null;
                } else if (parked != null && parkedReads) {
                    waiting = parked;
                    parked = null;
                    over &= ~SelectionKey.OP_READ;
                }
            }
            forget(over);
        }
        if (waiting != null) {
            read(waiting);
        }
    }

    private void read(Parked waiting) {
        boolean taken = false;
        try {
            var bytes = readAhead();
            taken = tls == null && bytes.length > 0 && waiting.take(bytes);
        } finally {
            if (taken) {
                forgetAhead();
                park(waiting, true);
            } else {
                serve(waiting::serve);
            }
        }
    }

    @GuardedBy("this")
    private void forget(int operations) {
        try {
            key.interestOpsAnd(~operations);
        } catch (CancelledKeyException gone) {
            // nothing is told any more
        }
    }

    /// The server stops: what is being served ends soon, everything else now.
    void stop(boolean atOnce) {
        var connection = serving;
        if (connection == null || atOnce) {
            close();
        } else {
            connection.close(false);
        }
    }

    // ---- waiting ----

    /// Waits for something to read, or the end.
    @Override
    public byte @Nullable [] get() {
        try {
            while (true) {
                var bytes = readNow();
                if (bytes == null || bytes.length > 0) {
                    return bytes;
                }
                await(SelectionKey.OP_READ);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /// Waits until the operating system may take more.
    @Override
    public void awaitRoom() throws IOException {
        await(SelectionKey.OP_WRITE);
    }

    @SuppressWarnings("ReferenceEquality") // a thread is its own
    private void await(int operation) throws IOException {
        boolean reads = operation == SelectionKey.OP_READ;
        var me = Thread.currentThread();
        boolean asks;
        synchronized (this) {
            if (reads) {
                reader = me;
            } else {
                writer = me;
            }
            asks = ask(operation);
        }
        if (asks) {
            readiness.changed();
        }
        while (true) {
            synchronized (this) {
                if (closed) {
                    throw new AsynchronousCloseException();
                }
                if ((reads ? reader : writer) != me) {
                    return;
                }
            }
            LockSupport.park(this);
            if (me.isInterrupted()) {
                close();
                throw new ClosedByInterruptException();
            }
        }
    }

    /// Closes the connection; whoever waits for it finds out. Does not block.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            LockSupport.unpark(reader);
            LockSupport.unpark(writer);
        }
        if (tls != null) {
            tls.close();
        }
        try {
            channel.shutdownOutput(); // else what was written last could be lost to a peer whose bytes were not read
        } catch (IOException neverMind) {
            // it is closed all the same
        }
        try {
            channel.close();
        } catch (IOException broken) {
            LOG.log(System.Logger.Level.DEBUG, "closing a connection", broken);
        }
        readiness.changed();
        onClosed.accept(this);
        Parked waiting;
        synchronized (this) {
            waiting = parked;
            parked = null;
        }
        if (waiting != null) {
            serve(waiting::serve);
        }
    }
}
