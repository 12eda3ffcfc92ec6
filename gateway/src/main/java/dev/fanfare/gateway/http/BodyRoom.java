package dev.fanfare.gateway.http;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// What all bodies that are being published may hold together, in bytes. One whose length is known takes room as it
/// comes: to announce much and send nothing takes none from others. Of a chunk Helidon holds all before any of it is
/// seen here, so a body of unknown length takes all that it may become at once; these have half of the room together.
///
/// Threads: any.
final class BodyRoom {
    private final Semaphore all;
    private final Semaphore unknown;
    private final int bodyMax;

    /// @param bodyMax of one body; there is room for one of unknown length at least
    BodyRoom(int bytes, int bodyMax) {
        this.all = new Semaphore(bytes);
        this.unknown = new Semaphore(Math.max(bytes / 2, bodyMax));
        this.bodyMax = bodyMax;
    }

    /// For one body; to be closed when it is done with.
    ///
    /// @throws ProblemException if there is no room for it
    Place enter(boolean lengthIsKnown) {
        return new Place(lengthIsKnown);
    }

    private static ProblemException busy() {
        return new ProblemException(
                ErrorCode.PUBLISH_BUSY,
                "too much is being published at this time: publish again later",
                Map.of("Retry-After", "1", "Connection", "close")); // the rest of it is not read
    }

    /// One body's. For one thread.
    final class Place implements AutoCloseable {
        private final boolean lengthIsKnown;
        private int taken;

        private Place(boolean lengthIsKnown) {
            this.lengthIsKnown = lengthIsKnown;
            if (!lengthIsKnown) {
                if (!unknown.tryAcquire(bodyMax)) {
                    throw busy();
                }
                if (!all.tryAcquire(bodyMax)) {
                    unknown.release(bodyMax);
                    throw busy();
                }
                taken = bodyMax;
            }
        }

        /// So many bytes of it have come.
        ///
        /// @throws ProblemException if there is no room for them
        void came(int bytes) {
            if (lengthIsKnown) {
                if (!all.tryAcquire(bytes)) {
                    throw busy();
                }
                taken += bytes;
            }
        }

        @Override
        public void close() {
            all.release(taken);
            if (!lengthIsKnown) {
                unknown.release(bodyMax);
            }
        }
    }
}
