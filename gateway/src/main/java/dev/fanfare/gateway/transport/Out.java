package dev.fanfare.gateway.transport;

import java.io.IOException;
import java.util.List;

/// The writing side of a connection or stream: blocking, for one writer, and cuttable by anybody.
public interface Out {
    /// Writes everything, in order.
    ///
    /// @param bytes of all pieces together
    /// @throws IOException if the connection is broken or was cut
    void write(List<byte[]> pieces, int bytes) throws IOException;

    /// When the write under way last made progress ([System#nanoTime]); 0 if none is under way.
    long stalledSince();

    /// Cuts the connection. Does not block.
    void abort();
}
