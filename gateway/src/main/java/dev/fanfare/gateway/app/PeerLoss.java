package dev.fanfare.gateway.app;

import io.helidon.common.socket.SocketOptions;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/// When TCP takes a peer that no longer answers for gone: before the next heartbeat, since on server-sent events and
/// long-polls nothing else would find out.
///
/// Two cases make up the whole. While nothing is under way, keep-alive probes it: the first after `idle` seconds, then
/// `count` of them at an `interval`. As soon as a byte is under way unacknowledged (an event, or the very next
/// heartbeat) the kernel sends no probes and repeats that byte instead, for a quarter of an hour; this is what the
/// [UserTimeout] bounds.
///
/// All follow from the configured default heartbeat. They hold for clients that asked for a shorter one too, so that
/// these cost no more probes; such a client is noticed as late as the others.
///
/// @param idle seconds without a word from the peer before the first probe
/// @param interval seconds between two probes
/// @param count probes without an answer
record PeerLoss(int idle, int interval, int count) {
    private static final Duration CUT = Duration.ofSeconds(1); // stalled writes are looked for every 250 ms

    /// Two thirds of a heartbeat, in whole seconds: the kernel knows no shorter ones.
    static PeerLoss within(Duration heartbeat) {
        int all = (int) Math.max(2, heartbeat.toSeconds() * 2 / 3);
        int interval = Math.max(1, all / 5);
        int count = Math.min(3, (all - 1) / interval);
        return new PeerLoss(all - count * interval, interval, count);
    }

    /// How long an idle peer may be silent.
    Duration silence() {
        return Duration.ofSeconds(idle + (long) count * interval);
    }

    /// How long sent bytes may stay unacknowledged. Linux applies this to a peer that acknowledges but has no room as
    /// well, which is not gone but slow: `writeStall` is about that one, and is given time to come first.
    ///
    /// A peer that vanishes while it is written to is cut by whichever is due: `writeStall` if the writes fill the
    /// send buffer, else this, counted from the first repetition.
    Duration unacknowledged(Duration writeStall) {
        var cutFirst = writeStall.plus(CUT);
        return silence().compareTo(cutFirst) >= 0 ? silence() : cutFirst;
    }

    void configure(SocketOptions.Builder socket) {
        socket.socketKeepAlive(true)
                .putSocketOption(ExtendedSocketOptions.TCP_KEEPIDLE, idle)
                .putSocketOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, interval)
                .putSocketOption(ExtendedSocketOptions.TCP_KEEPCOUNT, count);
    }
}
