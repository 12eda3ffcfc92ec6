package dev.fanfare.gateway.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/// What a client has begun on an HTTP/2 connection and not ended: a frame, and requests. Each has the time that a
/// request
/// has over HTTP/1.1, from its first byte to its last, however it trickles; whoever has an answer needs no end. Sees
/// the frames that come in (RFC 9113 §4.1).
///
/// Threads: any, one of which looks at what comes in.
final class Http2Begun {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1; // of DATA and HEADERS
    private static final int END_HEADERS = 4; // of HEADERS and CONTINUATION

    private final Deadline deadline;

    @GuardedBy("this")
    private final Map<Integer, Begun> requests = new HashMap<>(); // by stream

    @GuardedBy("this")
    private Begun frame = new Begun(0);

    private int type; // of the frame, as the next two; looking thread only
    private int flags;
    private int stream;
    private int newest; // stream

    /// @param deadline told what is due first
    Http2Begun(Deadline deadline) {
        this.deadline = deadline;
    }

    private static final class Begun {
        private final long nanos;
        private long bytes;
        private boolean isLast; // nothing comes behind its headers

        Begun(long nanos) {
            this.nanos = nanos;
        }
    }

    /// The first byte of a frame's header has come.
    synchronized void frameBegins() {
        frame = new Begun(System.nanoTime());
    }

    void header(ByteBuffer header) {
        type = header.get(3);
        flags = header.get(4);
        stream = header.getInt(5) & Integer.MAX_VALUE;
        if (type == HEADERS) {
            headers();
        }
    }

    private synchronized void headers() {
        if (stream > newest) {
            newest = stream;
            requests.put(stream, new Begun(frame.nanos));
        }
        var request = requests.get(stream); // none: it has its answer, and these are trailers
        if (request != null && has(END_STREAM)) {
            request.isLast = true;
        }
    }

    private boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /// Some of a frame's payload has come.
    synchronized void payload(int bytes) {
        frame.bytes += bytes;
        var request = requests.get(stream);
        if (request != null) {
            request.bytes += bytes;
        }
    }

    synchronized void frameEnds() {
        frame = new Begun(0);
        var request = requests.get(stream);
        if (request == null) {
            return;
        }
        boolean ended = switch (type) {
            case DATA -> has(END_STREAM);
            case HEADERS, CONTINUATION -> request.isLast && has(END_HEADERS);
            case RST_STREAM -> true;
            default -> false;
        };
        if (ended) {
            requests.remove(stream);
        }
    }

    /// What has come by now was looked at.
    synchronized void looked() {
        long first = frame.nanos == 0 ? 0 : due(frame);
        for (var request : requests.values()) {
            long next = due(request);
            first = first == 0 || next - first < 0 ? next : first;
        }
        deadline.expectUntil(first);
    }

    private long due(Begun begun) {
        return deadline.due(begun.nanos, begun.bytes);
    }

    /// A request has an answer, or somebody else who looks after it.
    synchronized void answered(int of) {
        if (requests.remove(of) != null) {
            looked();
        }
    }
}
