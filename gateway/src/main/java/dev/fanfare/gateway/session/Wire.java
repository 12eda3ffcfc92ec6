package dev.fanfare.gateway.session;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.EventForm;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/// The way to one client, as a session sees it.
///
/// Threads: everything but [#abort], [#stalledSince] and [#lastHeard] is called by the session's one drain, by one
/// thread after the other.
public interface Wire {
    /// How events are encoded for this client.
    EventForm form();

    /// Takes the pieces, in order, and writes what can be written without waiting.
    ///
    /// @param bytes of all pieces together
    /// @return whether the operating system has them all; if not, [#finish] comes before the next pieces
    /// @throws IOException if the client is gone
    boolean offer(List<byte[]> pieces, int bytes) throws IOException;

    /// Waits until the operating system has all that was taken, while the client does not read; [#abort] ends that.
    ///
    /// @throws IOException if the client is gone
    void finish() throws IOException;

    /// What a client has got that came for one answer.
    enum Answered {
        /// Not yet, or it came for more than one.
        NO,
        /// All of it: the session ends.
        YES,
        /// A part of it: [#finish] is to be called, and then the session ends.
        PARTLY,
        /// All of it, and it may come back for the next one: until it does the wire [#isAway].
        FOR_NOW
    }

    /// All that was collected was taken. Does not wait.
    ///
    /// @param caughtUp whether nothing is left up to the head
    /// @param cursor what the client's cursor is now
    /// @throws IOException if the client is gone
    default Answered flushed(boolean caughtUp, Supplier<byte[]> cursor) throws IOException {
        return Answered.NO;
    }

    /// Whether the client has its answer, and has not come for the next: nothing is to be delivered. Any thread.
    default boolean isAway() {
        return false;
    }

    /// In how many nanoseconds whoever is away has been for too long, or else [#flushed] has something to do though
    /// nothing has come; not above 0: now. Any thread.
    default long untilDue(long nowNanos) {
        return Long.MAX_VALUE;
    }

    /// Says goodbye as the transport can, and closes. May wait as [#finish] does, but not for a client that is gone or
    /// has its answer.
    ///
    /// @param cursor what the client's cursor is now
    void close(CloseReason reason, Supplier<byte[]> cursor);

    /// Whether the operating system has all of the answer that a client came for; asked after [#close].
    default boolean isAnswered() {
        return false;
    }

    /// Cuts the connection, also under a write that is blocked. Any thread; does not block.
    void abort();

    /// Since when ([System#nanoTime]) whoever waits for a write has seen no progress; 0 if nobody does. Any thread.
    long stalledSince();

    /// When ([System#nanoTime]) the client was last heard of, for transports on which it answers heartbeats;
    /// otherwise the current time. Any thread.
    long lastHeard();

    /// See [dev.fanfare.gateway.channel.Subscriber#approach].
    default int approach() {
        return 0;
    }

    /// Whether heartbeats are sent though events are flowing, because the client answers them.
    boolean heartbeatsAlways();
}
