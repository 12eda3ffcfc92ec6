package dev.fanfare.gateway.transport;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Helidon's HTTP/2, with the end of streams made known, and a time for what clients begin: Helidon 4.4 tells a handler
/// neither that its stream was reset nor that the connection is gone, and waits without end for the rest of a request.
/// So the frames that come in are looked at on their way (RFC 9113 §4.1, §6.4).
///
/// Threads: any; what was registered is run by the connection's reading thread and must not block.
public final class Http2Watch {
    private static final String VERSION = "2.0";

    private final ServerConnectionSelector http2;
    private final Map<String, Watched> connections = new ConcurrentHashMap<>();

    public Http2Watch(ServerConnectionSelector http2) {
        this.http2 = http2;
    }

    /// Has something run when the request's stream ends from the client's side; at once if it has.
    void onEnd(ServerRequest request, Runnable task) {
        var connection = connections.get(name(request.remotePeer()));
        if (connection != null) {
            connection.begun.answered(request.id());
        }
        if (connection == null || !connection.register(request.id(), task)) {
            task.run();
        }
    }

    /// The request's handler is through with it: what is missing of it is not waited for any more.
    public void answered(ServerRequest request) {
        if (request.prologue().protocolVersion().equals(VERSION)) {
            var connection = connections.get(name(request.remotePeer()));
            if (connection != null) {
                connection.begun.answered(request.id());
            }
        }
    }

    /// The request has its whole answer: nothing is to be run for it any more.
    void forget(ServerRequest request) {
        var connection = connections.get(name(request.remotePeer()));
        if (connection != null) {
            connection.forget(request.id());
        }
    }

    private static String name(PeerInfo peer) {
        return peer.host() + " " + peer.port();
    }

    ServerConnection connection(ConnectionContext context, Deadline deadline) {
        var watched = new Watched(context, deadline);
        var name = name(context.remotePeer());
        var connection = http2.connection(watched);
        return new ServerConnection() {
            @Override
            public void handle(Limit limit) throws InterruptedException {
                connections.put(name, watched);
                try {
                    connection.handle(limit);
                } catch (IndexOutOfBoundsException malformed) { // Helidon's, of headers that say they are longer
                    throw new CloseConnectionException("headers that cannot be read", malformed);
                } finally {
                    connections.remove(name, watched);
                    watched.endAll();
                }
            }

            @Override
            public Duration idleTime() {
                return watched.isIdle() ? connection.idleTime() : Duration.ZERO;
            }

            @Override
            public void close(boolean interrupt) {
                connection.close(interrupt);
            }
        };
    }

    /// One connection, and what is to be run at the end of its streams.
    private static final class Watched extends WrappedContext {
        private static final int PREFACE = 24; // "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        private static final int HEADER = 9;
        private static final int RST_STREAM = 3;
        private static final int RESETS_REMEMBERED = 100;

        private final byte[] header = new byte[HEADER]; // of the frame that is coming in; reading thread only
        private int headerLength;
        private long skip = PREFACE; // bytes until the next frame header
        private boolean inFrame; // which is what is skipped
        private final Http2Begun begun;

        @GuardedBy("this")
        private final Map<Integer, Runnable> tasks = new HashMap<>();

        @GuardedBy("this")
        private final Set<Integer> resets = new HashSet<>(); // of streams whose handlers have not registered yet

        @GuardedBy("this")
        private boolean ended;

        Watched(ConnectionContext helidon, Deadline deadline) {
            super(helidon);
            this.begun = new Http2Begun(deadline);
        }

        @Override
        byte @Nullable [] next() {
            var bytes = pull();
            if (bytes != null) {
                look(bytes);
            }
            return bytes;
        }

        private void look(byte[] bytes) {
            int at = 0;
            while (at < bytes.length) {
                if (skip > 0) {
                    int step = (int) Math.min(skip, bytes.length - at);
                    skip -= step;
                    at += step;
                    if (inFrame) {
                        begun.payload(step);
                    }
                } else {
                    if (headerLength == 0) {
                        begun.frameBegins();
                    }
                    header[headerLength++] = bytes[at++];
                    if (headerLength == HEADER) {
                        headerLength = 0;
                        inFrame = true;
                        var frame = ByteBuffer.wrap(header); // length 24, type 8, flags 8, stream 1 + 31 bits
                        int length = frame.getInt(0) >>> 8;
                        skip = length;
                        begun.header(frame);
                        if (frame.get(3) == RST_STREAM) {
                            end(frame.getInt(5) & Integer.MAX_VALUE);
                        }
                    }
                }
                if (inFrame && skip == 0) {
                    inFrame = false;
                    begun.frameEnds();
                }
            }
            begun.looked();
        }

        private void end(int stream) {
            Runnable task;
            synchronized (this) {
                task = tasks.remove(stream);
                if (task == null && resets.size() < RESETS_REMEMBERED) {
                    resets.add(stream);
                }
            }
            if (task != null) {
                task.run();
            }
        }

        private void endAll() {
            List<Runnable> all;
            synchronized (this) {
                ended = true;
                all = new ArrayList<>(tasks.values());
                tasks.clear();
            }
            all.forEach(Runnable::run);
        }

        /// False if the stream has ended already.
        private synchronized boolean register(int stream, Runnable task) {
            if (ended || resets.remove(stream)) {
                return false;
            }
            tasks.put(stream, task);
            return true;
        }

        private synchronized void forget(int stream) {
            tasks.remove(stream);
            resets.remove(stream);
        }

        private synchronized boolean isIdle() {
            return tasks.isEmpty();
        }
    }
}
