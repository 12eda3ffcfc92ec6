package dev.fanfare.gateway.websocket;

import static java.lang.System.Logger.Level.WARNING;

import dev.fanfare.gateway.listener.Line;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.glassfish.tyrus.core.WebSocketException;
import org.jspecify.annotations.Nullable;

/// A connection after its 101: reads until the peer has gone or the closing handshake is done.
///
/// Threads: [#handle] and the [Inbound.Sink] run on the connection's reading thread; the [WebSocketPeer] side and
/// [#close(boolean)] on any. A closing connection has a virtual thread more, which bounds it in time. No locks.
final class WebSocketConnection implements ServerConnection, WebSocketPeer, Inbound.Sink {

    /// How long a connection may live once a Close is under way.
    ///
    /// @param handshake from the moment our Close was made until the TCP side is closed at the latest
    /// @param linger after our Close to a peer that broke the protocol: to close at once, with its bytes unread,
    ///     would reset the connection and could take the Close with it
    record CloseTimes(Duration handshake, Duration linger) {
        static final CloseTimes DEFAULT = new CloseTimes(Duration.ofSeconds(5), Duration.ofSeconds(1));
    }

    private static final System.Logger LOGGER = System.getLogger(WebSocketConnection.class.getName());
    private static final int ABNORMAL = 1006;
    private static final int INTERNAL_ERROR = 1011;
    private static final int TRY_AGAIN_LATER = 1013;

    private final ConnectionContext ctx;
    private final Line line;
    private final WebSocketApplication application;
    private final boolean deflated;
    private final CloseTimes closeTimes;
    private final Inbound inbound;
    private final Unfinished unfinished;
    private Unfinished.@Nullable Message begun; // reading thread only

    private final Line.Parked idle = new Line.Parked() {
        @Override
        public void serve() {
            readOn();
        }

        // the answer to a heartbeat, which most clients send and nothing else, needs no thread of its own
        @Override
        public boolean take(byte[] bytes) {
            boolean pong = !failed && !peerClosed && inbound.isEmptyPong(bytes);
            if (pong) {
                application.pong(new byte[0]);
            }
            return pong;
        }
    };

    private int endCode = ABNORMAL; // reading thread only, as is the next
    private String endReason = "";

    private final AtomicBoolean closeIssued = new AtomicBoolean(); // our one Close frame has been made
    private final CountDownLatch gone = new CountDownLatch(1); // reading has ended
    private volatile boolean closeWritten;
    private volatile boolean peerClosed;
    private volatile boolean failed; // what the peer sends is no longer looked at

    WebSocketConnection(
            ConnectionContext ctx,
            WebSocketApplication application,
            int messageMax,
            boolean deflated,
            Unfinished unfinished,
            CloseTimes closeTimes) {
        this.ctx = ctx;
        this.line = (Line) ctx.serverSocket();
        this.application = application;
        this.deflated = deflated;
        this.unfinished = unfinished;
        this.closeTimes = closeTimes;
        this.inbound = Inbound.of(messageMax, deflated, this);
    }

    /// Reads what is there and leaves its line parked, unless this was the end. Nothing escapes: Helidon would answer
    /// it with an HTTP 500 in the middle of the WebSocket. Takes no permit of the limit, which is for requests.
    @Override
    public void handle(Limit limit) {
        try {
            application.opened(this);
        } catch (RuntimeException | Error failure) {
            LOGGER.log(WARNING, "a WebSocket could not be opened", failure);
            endCode = INTERNAL_ERROR;
            end();
            return;
        }
        readOn();
    }

    private void readOn() {
        boolean parked = false;
        try {
            parked = readToTheEndOrPark();
        } finally {
            if (!parked) {
                end();
            }
        }
    }

    private boolean readToTheEndOrPark() {
        line.servedBy(this);
        while (!(peerClosed && closeWritten)) {
            var bytes = next();
            if (bytes == null) {
                return false; // the peer's FIN or reset, or closed by us: for a WebSocket all the same
            }
            if (bytes.available() == 0) {
                line.park(idle);
                return true;
            }
            if (!failed && !peerClosed) {
                read(bytes);
            }
        }
        return false;
    }

    /// What is there: nothing if it is empty, the end if it is null.
    private @Nullable BufferData next() {
        var first = ctx.dataReader();
        if (first.available() > 0) { // came with the handshake
            return first.readBuffer(first.available());
        }
        try {
            var bytes = line.readNow();
            return bytes == null ? null : BufferData.create(bytes);
        } catch (IOException broken) {
            return null;
        }
    }

    private void read(BufferData bytes) {
        try {
            inbound.read(bytes);
            count(inbound.held());
        } catch (Violation violation) {
            fail(violation.code(), violation.reason());
        } catch (WebSocketException violation) {
            var reason = violation.getCloseReason();
            fail(reason.getCloseCode().getCode(), reason.getReasonPhrase());
        } catch (RuntimeException | Error failure) { // an overflowing stack ends this WebSocket, not more
            LOGGER.log(WARNING, "a WebSocket is closed with 1011", failure);
            fail(INTERNAL_ERROR, "internal error");
        }
    }

    private void count(int held) {
        if (held > 0) {
            if (begun == null) {
                begun = unfinished.begin(this::shed);
            }
            begun.holds(held);
        } else if (begun != null) {
            begun.end();
            begun = null;
        }
    }

    /// What this holds is too much with what others hold. Called by any thread.
    private void shed() {
        failed = true;
        if (issueClose()) {
            hand(Frames.close(TRY_AGAIN_LATER, "too many messages have begun and not ended"), true);
        }
    }

    private void end() {
        gone.countDown();
        count(0);
        inbound.close();
        try {
            application.closed(endCode, endReason);
        } catch (RuntimeException | Error failure) {
            LOGGER.log(WARNING, "the end of a WebSocket was not taken in", failure);
        }
    }

    private void fail(int code, String reason) {
        failed = true;
        endCode = code;
        endReason = reason;
        if (issueClose()) {
            hand(Frames.close(code, reason), true);
        }
    }

    private void hand(byte[] frame, boolean last) {
        try {
            application.outbound(frame, last);
        } catch (RuntimeException | Error failure) {
            LOGGER.log(WARNING, "a WebSocket's writer takes no frame: the connection is closed", failure);
            close();
        }
    }

    // what arrives

    @Override
    public void text(String message) {
        application.text(message);
    }

    @Override
    public void binary(byte[] message) {
        application.binary(message);
    }

    @Override
    public void ping(byte[] payload) {
        if (!closeIssued.get()) {
            hand(Frames.pong(payload), false);
        }
    }

    @Override
    public void pong(byte[] payload) {
        application.pong(payload);
    }

    @Override
    public void close(int code, String reason) {
        endCode = code;
        endReason = reason;
        peerClosed = true;
        if (issueClose()) {
            hand(code == Inbound.NO_CODE ? Frames.close() : Frames.close(code, ""), true);
        }
    }

    // for the writer

    @Override
    public boolean deflated() {
        return deflated;
    }

    @Override
    public PeerInfo remote() {
        return ctx.remotePeer();
    }

    @Override
    public Line line() {
        return line;
    }

    @Override
    public Optional<byte[]> beginClose(int code, String reason) {
        var frame = Frames.close(code, reason);
        return issueClose() ? Optional.of(frame) : Optional.empty();
    }

    @Override
    public void lastWritten() {
        closeWritten = true; // before the check: the reading thread sets and checks in the opposite order
        if (peerClosed) {
            closeWithin(Duration.ZERO);
        } else if (failed) {
            closeWithin(closeTimes.linger());
        }
    }

    @Override
    public void close() {
        line.close();
    }

    // for Helidon

    /// Never idle: dead peers are found by the application's pings.
    @Override
    public Duration idleTime() {
        return Duration.ZERO;
    }

    /// The server stops, and does not wait: whoever wants a polite end begins it before.
    @Override
    public void close(boolean interrupt) {
        close();
    }

    private boolean issueClose() {
        var first = closeIssued.compareAndSet(false, true);
        if (first) {
            closeWithin(closeTimes.handshake());
        }
        return first;
    }

    /// On a thread of its own, as closing may wait for a writer that is stuck.
    private void closeWithin(Duration time) {
        Thread.ofVirtual().name("websocket-close").start(() -> {
            try {
                if (!gone.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                    close();
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                close();
            }
        });
    }
}
