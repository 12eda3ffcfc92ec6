package dev.fanfare.gateway.transport;

import java.time.Duration;

/// Until when a peer may keep its connection's reader waiting. A request has a time in all, not for each byte, so that
/// bytes that trickle do not help; each 16 KiB of it add a second, for large bodies.
///
/// Threads: for the reading thread, but [#isPassed], [#due] and [#expectUntil].
final class Deadline {
    private static final Duration BETWEEN_REQUESTS = Duration.ofMinutes(5);
    private static final long NANOS_PER_BYTE = Duration.ofSeconds(1).toNanos() / 16_384;

    private final Duration request;
    private long begun; // when the first byte of the request came
    private long received; // bytes since then
    private volatile long due; // 0: nothing is waited for

    Deadline(Duration request) {
        this.request = request;
    }

    /// The next read waits for a connection's first byte.
    void expectFirst() {
        due = System.nanoTime() + request.toNanos();
    }

    /// The next read waits for a request's first byte.
    void expectRequest() {
        begun = 0;
        due = System.nanoTime() + BETWEEN_REQUESTS.toNanos();
    }

    /// The next read waits for more of a request.
    void expectRest() {
        due = begun + request.toNanos() + received * NANOS_PER_BYTE;
    }

    /// The read has returned.
    void met(int bytes) {
        due = 0;
        if (begun == 0) {
            begun = System.nanoTime();
            received = 0;
        }
        received += bytes;
    }

    /// When something that has begun then, and of which so many bytes have come, has to have ended.
    long due(long begunNanos, long bytes) {
        return begunNanos + request.toNanos() + bytes * NANOS_PER_BYTE;
    }

    /// Of several that are waited for, one is due first.
    ///
    /// @param nanos 0: nothing is waited for
    void expectUntil(long nanos) {
        due = nanos;
    }

    boolean isPassed(long nowNanos) {
        long at = due;
        return at != 0 && nowNanos - at > 0;
    }
}
