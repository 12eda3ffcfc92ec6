package dev.fanfare.gateway.session;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.EventForm;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/// The way to one client, as a session sees it.
///
/// Threads: everything but [#abort], [#stalledSince] and [#lastHeard] is called by the session's one drain.
public interface Wire {
    /// How events are encoded for this client.
    EventForm form();

    /// Writes the pieces, in order, and returns when the operating system has them all. Blocks while the client does
    /// not read; [#abort] ends that.
    ///
    /// @param bytes of all pieces together
    /// @throws IOException if the client is gone
    void write(List<byte[]> pieces, int bytes) throws IOException;

    /// All that was collected is written.
    ///
    /// @param caughtUp whether nothing is left up to the head
    /// @param cursor what the client's cursor is now
    /// @return true if the client has got what it came for and the session ends
    default boolean flushed(boolean caughtUp, Supplier<byte[]> cursor) throws IOException {
        return false;
    }

    /// Says goodbye as the transport can, and closes.
    ///
    /// @param cursor what the client's cursor is now
    void close(CloseReason reason, Supplier<byte[]> cursor);

    /// Cuts the connection, also under a write that is blocked. Any thread; does not block.
    void abort();

    /// Since when ([System#nanoTime]) the write under way has made no progress; 0 if none is. Any thread.
    long stalledSince();

    /// When ([System#nanoTime]) the client was last heard of, for transports on which it answers heartbeats;
    /// otherwise
    /// the current time. Any thread.
    long lastHeard();

    /// Whether heartbeats are sent though events are flowing, because the client answers them.
    boolean heartbeatsAlways();
}
