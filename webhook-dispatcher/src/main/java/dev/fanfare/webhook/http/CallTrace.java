package dev.fanfare.webhook.http;

import dev.fanfare.webhook.delivery.Timings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/// One try of a call as it goes: how far it came, how long each step took, whether a byte of it left.
///
/// Threads: all of a call happens on the thread that makes it, to which [#CURRENT] is bound.
final class CallTrace extends EventListener {
    static final ScopedValue<CallTrace> CURRENT = ScopedValue.newInstance();
    static final Duration NAME_TIMEOUT = Duration.ofSeconds(5);

    private final long deadline;
    private final IdleConnections idle;
    private final long began = System.nanoTime();
    private Step step = Step.CONNECT;
    private boolean fresh; // whether it made a connection of its own
    private boolean sent; // whether a byte of the request left
    private boolean multiplexed;
    private @Nullable Response head;
    private long mark = began;
    private int dns = -1;
    private int connect = -1;
    private int tls = -1;
    private int firstByte = -1;

    /// @param deadline when the call has to be over, by [System#nanoTime]
    CallTrace(long deadline, IdleConnections idle) {
        this.deadline = deadline;
        this.idle = idle;
    }

    /// How far a call came.
    enum Step {
        DNS,
        CONNECT,
        TLS,
        REQUEST,
        ANSWER
    }

    /// How long a name may take: as long as this thread's call has left.
    static Duration remaining() {
        if (!CURRENT.isBound()) {
            return NAME_TIMEOUT;
        }
        var left = Duration.ofNanos(Math.max(CURRENT.get().deadline - System.nanoTime(), 0));
        return left.compareTo(NAME_TIMEOUT) < 0 ? left : NAME_TIMEOUT;
    }

    /// This thread has written to a connection.
    static void wrote() {
        if (CURRENT.isBound() && CURRENT.get().step == Step.REQUEST) {
            CURRENT.get().sent = true;
        }
    }

    Step step() {
        return step;
    }

    /// The answer's head as it came, once it has.
    Optional<Response> head() {
        return Optional.ofNullable(head);
    }

    /// Whether the connection was used before and was no connection any more: nothing of the request left, so that
    /// sending it once more cannot make two of it. Not known of HTTP/2, where connections are written to by all.
    boolean isUnsent() {
        return step == Step.REQUEST && !fresh && !sent && !multiplexed;
    }

    /// Whether the connection has been idle for so long that it may have been closed in the meantime.
    boolean isSuspect(Connection connection) {
        return !fresh && connection.protocol() == Protocol.HTTP_1_1 && idle.isSuspect(connection);
    }

    Timings timings() {
        return new Timings(dns, connect, tls, firstByte, millisSince(began));
    }

    @Override
    public void dnsStart(Call call, String domainName) {
        enter(Step.DNS);
    }

    @Override
    public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
        dns = millisSince(mark);
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        fresh = true;
        enter(Step.CONNECT);
    }

    @Override
    public void secureConnectStart(Call call) {
        connect = millisSince(mark);
        enter(Step.TLS);
    }

    @Override
    public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
        tls = millisSince(mark);
    }

    @Override
    public void connectEnd(Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
        if (tls < 0) {
            connect = millisSince(mark);
        }
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        multiplexed = connection.protocol() != Protocol.HTTP_1_1;
        enter(Step.REQUEST);
    }

    @Override
    public void connectionReleased(Call call, Connection connection) {
        idle.released(connection);
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
        mark = System.nanoTime();
    }

    @Override
    public void requestBodyEnd(Call call, long byteCount) {
        mark = System.nanoTime();
    }

    @Override
    public void responseHeadersStart(Call call) {
        firstByte = millisSince(mark);
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        head = response;
        enter(Step.ANSWER);
    }

    private void enter(Step next) {
        step = next;
        mark = System.nanoTime();
    }

    private static int millisSince(long nanos) {
        return (int) Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }
}
