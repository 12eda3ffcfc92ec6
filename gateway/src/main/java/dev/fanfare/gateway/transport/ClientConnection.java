package dev.fanfare.gateway.transport;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A connection as Helidon's HTTP/1.1 sees it, whose reader can be told that there is no next request. That ends HTTP
/// and leaves the connection open, for the [Guest] that took it.
///
/// Threads: reading, [#take] and [#serveGuest] belong to the connection's own thread; writing to one other at a time.
final class ClientConnection extends WrappedContext {
    private final SocketOut out;
    private final Deadline deadline;
    private boolean waived; // after an upgrade
    private BooleanSupplier betweenRequests = () -> true;
    private byte @Nullable [] unread; // what the peer sent after the taken request
    private volatile @Nullable Guest guest;

    /// @param deadline of what HTTP reads
    ClientConnection(ConnectionContext helidon, Deadline deadline) {
        super(helidon);
        this.deadline = deadline;
        this.out = new SocketOut(helidon.serverSocket());
    }

    /// The one way to write to a taken connection.
    SocketOut out() {
        return out;
    }

    void take(Guest by) {
        int available = dataReader().available();
        if (available > 0) {
            unread = dataReader().readBytes(available); // a request that was sent without waiting for this one's answer
        }
        guest = by;
    }

    boolean isTaken() {
        return guest != null;
    }

    /// How long the guest has had nothing to do; zero without one.
    Duration guestIdleTime() {
        var served = guest;
        return served == null ? Duration.ZERO : served.idleTime();
    }

    void abort() {
        out.abort();
    }

    /// Waits for the end of the guest's stay.
    ///
    /// @return whether HTTP goes on
    boolean serveGuest() throws InterruptedException {
        var served = guest;
        if (served == null) {
            return false;
        }
        try {
            while (true) {
                if (unread == null) {
                    unread = pull();
                }
                if (unread == null) {
                    served.peerGone();
                    return false;
                }
                if (served.awaitAnswered()) {
                    guest = null;
                    return true;
                }
                unread = null;
            }
        } catch (UncheckedIOException | CloseConnectionException broken) {
            served.peerGone();
            return false;
        }
    }

    /// @param answer whether HTTP waits for a request line, or reads one
    void betweenRequests(BooleanSupplier answer) {
        betweenRequests = answer;
    }

    /// From now on reading has no deadline.
    void waive() {
        waived = true;
    }

    @Override
    byte @Nullable [] next() {
        if (guest != null) {
            throw new Departure();
        }
        if (waived) {
            return pull();
        }
        if (betweenRequests.getAsBoolean() && dataReader().available() == 0) {
            deadline.expectRequest();
        } else {
            deadline.expectRest();
        }
        var bytes = unread;
        unread = null;
        if (bytes == null) {
            bytes = pull();
        }
        if (bytes == null) {
            throw new Departure(); // Helidon would log the rest of a request that does not come as its own fault
        }
        deadline.met(bytes.length);
        return bytes;
    }
}
