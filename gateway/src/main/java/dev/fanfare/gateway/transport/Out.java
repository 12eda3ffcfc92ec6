package dev.fanfare.gateway.transport;

import java.io.IOException;
import java.util.List;

/// The writing side of a connection or stream: for one writer, and cuttable by anybody.
public interface Out {
    /// Takes everything, in order, and writes what can be written without waiting.
    ///
    /// @param bytes of all pieces together
    /// @return whether that was all; if not, [#finish] comes before anything else is written
    /// @throws IOException if the connection is broken or was cut
    boolean offer(List<byte[]> pieces, int bytes) throws IOException;

    /// See [dev.fanfare.gateway.channel.Subscriber#approach].
    default int approach() {
        return 0;
    }

    /// Waits until everything that was taken is written.
    ///
    /// @throws IOException if the connection is broken or was cut
    void finish() throws IOException;

    /// Writes everything, in order.
    ///
    /// @param bytes of all pieces together
    /// @throws IOException if the connection is broken or was cut
    default void write(List<byte[]> pieces, int bytes) throws IOException {
        if (!offer(pieces, bytes)) {
            finish();
        }
    }

    /// When [#finish] last made progress ([System#nanoTime]); 0 if nobody waits in it.
    long stalledSince();

    /// Cuts the connection. Does not block.
    void abort();
}
