package dev.fanfare.gateway.transport;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataWriter;
import java.io.UncheckedIOException;

/// What Helidon writes to a connection, where a peer that is gone ends it: of other failures Helidon would log a stack
/// trace.
record DepartingWriter(DataWriter writer) implements DataWriter {
    @Override
    public void write(BufferData... buffers) {
        orDepart(() -> writer.write(buffers));
    }

    @Override
    public void write(BufferData buffer) {
        orDepart(() -> writer.write(buffer));
    }

    @Override
    public void writeNow(BufferData... buffers) {
        orDepart(() -> writer.writeNow(buffers));
    }

    @Override
    public void writeNow(BufferData buffer) {
        orDepart(() -> writer.writeNow(buffer));
    }

    @Override
    public void flush() {
        orDepart(writer::flush);
    }

    @Override
    public void close() {
        orDepart(writer::close);
    }

    private static void orDepart(Runnable write) {
        try {
            write.run();
        } catch (UncheckedIOException gone) {
            throw new Departure();
        }
    }
}
