package dev.fanfare.gateway.session;

import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.EventForm;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// The way to a client that takes everything at once and looks at nothing.
///
/// @param taken gets a permit for each piece
record Discard(EventForm form, Semaphore taken) implements Wire {
    @Override
    public boolean offer(List<byte[]> pieces, int bytes) {
        taken.release(pieces.size());
        return true;
    }

    @Override
    public void finish() {}

    @Override
    public void close(CloseReason reason, Supplier<byte[]> cursor) {}

    @Override
    public void abort() {}

    @Override
    public long stalledSince() {
        return 0;
    }

    @Override
    public long lastHeard() {
        return System.nanoTime();
    }

    @Override
    public boolean heartbeatsAlways() {
        return false;
    }
}
