package dev.fanfare.gateway.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.gateway.listener.Line;
import io.helidon.webserver.ConnectionContext;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A connection as Helidon's HTTP/1.1 sees it, whose reader can be told that there is no next request. That ends HTTP
/// and leaves the connection open, for the [Guest] that took it.
///
/// Threads: reading, [#take] and [#look] belong to the thread that serves the connection; writing to one other at a
/// time.
final class ClientConnection extends WrappedContext {
    private final Line line;
    private final LineOut out;
    private final Deadline deadline;
    private final Patience patience;
    private final Patience.Awaited awaited;
    private BooleanSupplier betweenRequests = () -> true; // these three: serving thread only
    private boolean waived; // after an upgrade
    private boolean handedOver; // HTTP was told that it is over
    private byte @Nullable [] request; // the current one, while it is all that was read

    @GuardedBy("this")
    private byte @Nullable [] unread; // what the peer sent after the taken request

    @GuardedBy("this")
    private @Nullable Guest guest;

    /// What the peer of a taken connection has done.
    enum Look {
        /// Nothing that matters.
        NOTHING,
        /// Sent a request that has to wait for the guest.
        EARLY_REQUEST,
        /// Sent a request, and the guest has left.
        REQUEST,
        /// Gone.
        GONE
    }

    /// @param deadline of what HTTP reads
    /// @param awaited watched by `patience` while HTTP reads, or could
    ClientConnection(ConnectionContext helidon, Deadline deadline, Patience patience, Patience.Awaited awaited) {
        super(helidon);
        this.line = (Line) helidon.serverSocket();
        this.deadline = deadline;
        this.patience = patience;
        this.awaited = awaited;
        this.out = new LineOut(line);
    }

    Line line() {
        return line;
    }

    /// The one way to write to a taken connection.
    LineOut out() {
        return out;
    }

    /// The bytes of the request whose connection was taken, if they came at once and nothing else with them.
    byte @Nullable [] takenRequest() {
        var bytes = request;
        request = null;
        return hasEarlyRequest() ? null : bytes;
    }

    synchronized void take(Guest by) {
        patience.forget(awaited);
        if (!by.leaves()) {
            request = null;
        }
        int available = dataReader().available();
        if (available > 0) {
            var early = dataReader().readBytes(available);
            if (by.leaves()) {
                unread = early; // a request that was sent without waiting for this one's answer
            }
        }
        guest = by;
    }

    private synchronized boolean isTaken() {
        return guest != null;
    }

    /// Whether HTTP ended because the connection was taken: true once each time.
    boolean wasHandedOver() {
        boolean was = handedOver;
        handedOver = false;
        return was;
    }

    /// HTTP reads from now on, or does not any more.
    void isServed(boolean served) {
        if (served) {
            patience.watch(awaited);
        } else {
            patience.forget(awaited);
        }
    }

    /// Whether a request waits for the guest to leave, or for nobody any more.
    synchronized boolean hasEarlyRequest() {
        return unread != null;
    }

    /// The guest leaves: the next request is answered.
    void leave() {
        hasLeft();
        if (hasEarlyRequest()) {
            line.wake();
        }
    }

    private synchronized void hasLeft() {
        guest = null;
        deadline.expectRequest();
        patience.watch(awaited);
    }

    /// Offers what the peer of a taken connection has sent to the guest. Must not block.
    ///
    /// @return whether that is dealt with
    boolean take(byte[] bytes) {
        Guest served;
        synchronized (this) {
            served = unread == null ? guest : null;
        }
        return served != null && served.take(bytes);
    }

    /// Reads what the peer has sent.
    Look look() {
        byte[] bytes;
        try {
            bytes = hasEarlyRequest() ? (line.isConnected() ? new byte[0] : null) : line.readNow();
        } catch (IOException broken) {
            bytes = null;
        }
        if (bytes != null && bytes.length > 0 && take(bytes)) {
            return Look.NOTHING;
        }
        Guest served;
        synchronized (this) {
            served = guest;
            if (bytes != null && bytes.length > 0 && (served == null || served.leaves())) {
                unread = bytes;
            }
            if (bytes != null && (unread == null || served == null)) {
                return unread == null ? Look.NOTHING : Look.REQUEST;
            }
        }
        if (bytes == null) {
            if (served != null) {
                served.peerGone();
            }
            return Look.GONE;
        }
        if (served != null && !served.makesWay()) {
            return Look.EARLY_REQUEST;
        }
        hasLeft();
        return Look.REQUEST;
    }

    /// @param answer whether HTTP waits for a request line, or reads one
    void betweenRequests(BooleanSupplier answer) {
        betweenRequests = answer;
    }

    /// From now on reading has no deadline.
    void waive() {
        waived = true;
        patience.forget(awaited);
        betweenRequests = () -> true; // HTTP is over, and its connection need not be kept
    }

    @Override
    byte @Nullable [] next() {
        request = null;
        if (isTaken()) {
            handedOver = true;
            throw new Departure();
        }
        if (waived) {
            return pull();
        }
        if (isAtEnd()) { // RFC 9112 §9.6
            throw new Departure();
        }
        boolean between = betweenRequests.getAsBoolean() && dataReader().available() == 0;
        if (between) {
            deadline.expectRequest();
        } else {
            deadline.expectRest();
        }
        byte[] bytes;
        synchronized (this) {
            bytes = unread;
            unread = null;
        }
        if (bytes == null) {
            bytes = between && !hasMore() ? nextRequest() : pull();
        }
        if (bytes == null) {
            throw new Departure(); // Helidon would log the rest of a request that does not come as its own fault
        }
        deadline.met(bytes.length);
        return between ? beginning(bytes) : bytes;
    }

    @SuppressWarnings("ReferenceEquality") // the same bytes, and not as many
    private byte[] beginning(byte[] bytes) {
        var spoken = Http10.as11(bytes, this::more);
        if (spoken == null) {
            throw new Departure();
        }
        request = bytes == spoken ? bytes : null;
        return spoken;
    }

    private byte @Nullable [] more() {
        deadline.expectRest();
        var bytes = pull();
        if (bytes != null) {
            deadline.met(bytes.length);
        }
        return bytes;
    }

    /// The beginning of the next request, if it is there. HTTP does not wait for it: it begins anew when it comes.
    private byte @Nullable [] nextRequest() {
        try {
            var bytes = line.readNow();
            if (bytes != null && bytes.length == 0) {
                handedOver = true;
                throw new Departure();
            }
            return bytes;
        } catch (IOException broken) {
            return null;
        }
    }
}
