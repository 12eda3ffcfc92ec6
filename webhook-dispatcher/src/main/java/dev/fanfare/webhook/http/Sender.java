package dev.fanfare.webhook.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okio.BufferedSource;

/// Makes calls and says what came of them. One client for all receivers, whose connections are used again.
///
/// A request is sent once: no redirect is followed, and no status or failure makes the client send again on its own.
/// Only a pooled connection that turns out closed before a byte left is left for another one.
///
/// Threads: any; a call blocks its thread, which is meant to be virtual, until its timeout at most.
public final class Sender implements AutoCloseable {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int IDLE_CONNECTIONS_MIN = 512;
    private static final int URLS_MAX = 10_000;
    private static final int READ_MAX = 16 * 1024;

    private final boolean proxied;
    private final String userAgent;
    private final InstantSource clock;
    private final Names names;
    private final AddressGuard guard;
    private final IdleConnections idle;
    private final Cache<URI, HttpUrl> urls =
            Caffeine.newBuilder().maximumSize(URLS_MAX).build();
    private final OkHttpClient http1;
    private final OkHttpClient http2;

    public Sender(SenderSettings settings) {
        this(settings, new OkHttpClient(), InetAddress::getAllByName, InstantSource.system(), new IdleConnections());
    }

    /// @param base a client to build on; a test's may trust other certificates
    Sender(SenderSettings settings, OkHttpClient base, Names.Lookup lookup, InstantSource clock, IdleConnections idle) {
        this.clock = clock;
        this.idle = idle;
        proxied = settings.proxy().isPresent();
        userAgent = settings.userAgent();
        names = new Names(lookup);
        guard = new AddressGuard(settings.policy(), names, proxied);
        http1 = base.newBuilder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .proxy(settings.proxy().map(Sender::proxy).orElse(Proxy.NO_PROXY))
                .socketFactory(new GuardedSockets(proxied ? _ -> {} : guard::permit))
                .dns(names)
                .connectionPool(new ConnectionPool(
                        Math.max(settings.idleConnectionsMax(), IDLE_CONNECTIONS_MIN), 5, TimeUnit.MINUTES))
                .connectTimeout(CONNECT_TIMEOUT)
                .readTimeout(Duration.ZERO) // the call's timeout covers both
                .writeTimeout(Duration.ZERO)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .fastFallback(false) // connects on the calling thread, not on one of an unbounded pool
                .addNetworkInterceptor(new WireRules())
                .eventListenerFactory(_ -> trace())
                .build();
        http2 = http1.newBuilder()
                .protocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1))
                .pingInterval(Duration.ofSeconds(15))
                .build();
    }

    /// For checking URLs before they are saved.
    public AddressGuard guard() {
        return guard;
    }

    /// Posts the request and waits for the answer.
    ///
    /// @throws InterruptedException if the thread was interrupted: whether the request arrived is not known
    public Result send(Request request) throws InterruptedException {
        return switch (call("POST", request)) {
            case Outcome.Answered(var answer, var timings) ->
                Outcomes.of(answer, timings, clock.instant(), request.timeout());
            case Outcome.Unanswered(var result) -> result;
        };
    }

    /// Makes a call with any method.
    Outcome call(String method, Request request) throws InterruptedException {
        var reserved =
                request.headers().keySet().stream().filter(Request::isReserved).findFirst();
        if (reserved.isPresent()) {
            return unsendable("The header %s may not be set.".formatted(reserved.get()));
        }
        okhttp3.Request built;
        try {
            built = build(method, request);
        } catch (IllegalArgumentException malformed) {
            return unsendable("The URL or a header has a character that cannot be sent.");
        }
        var refusal = guard.refusal(built.url());
        if (refusal.isPresent()) {
            return new Outcome.Unanswered(Result.without(Reason.ADDRESS_FORBIDDEN, refusal.get(), Timings.NONE));
        }
        var client = request.http2() ? http2 : http1;
        var deadline = System.nanoTime() + request.timeout().toNanos();
        while (true) {
            var trace = new CallTrace(deadline, idle);
            try {
                return ScopedValue.where(CallTrace.CURRENT, trace).call(() -> attempt(client, built, trace, deadline));
            } catch (IOException failure) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (!trace.isUnsent() || System.nanoTime() >= deadline) {
                    return new Outcome.Unanswered(Failures.of(failure, trace, request.timeout(), proxied));
                }
            }
        }
    }

    /// Calls that run are ended.
    @Override
    public void close() {
        http1.dispatcher().cancelAll();
        http1.connectionPool().evictAll();
        names.close();
    }

    private static Outcome attempt(OkHttpClient client, okhttp3.Request request, CallTrace trace, long deadline)
            throws IOException {
        var call = client.newCall(request);
        call.timeout().timeout(Math.max(deadline - System.nanoTime(), 1), TimeUnit.NANOSECONDS);
        try (var response = call.execute()) {
            var source = response.body().source();
            var broken = Optional.<IOException>empty();
            try {
                if (source.request(READ_MAX)) {
                    call.cancel(); // else closing would read on, to keep the connection
                }
            } catch (IOException failure) {
                if (Thread.currentThread().isInterrupted()) {
                    throw failure;
                }
                broken = Optional.of(failure);
            }
            return answered(trace, response, beginning(source), broken);
        } catch (ProtocolException malformed) {
            // such as a 204 with a body, or a 407 of a receiver: the head says what the receiver meant
            var head = trace.head().orElseThrow(() -> malformed);
            return answered(trace, head, new byte[0], Optional.empty());
        }
    }

    private static Outcome answered(
            CallTrace trace, okhttp3.Response response, byte[] body, Optional<IOException> broken) {
        var headers = trace.head().orElse(response).headers();
        return new Outcome.Answered(new Answer(response.code(), headers, body, broken), trace.timings());
    }

    private static byte[] beginning(BufferedSource source) throws IOException {
        var buffer = source.getBuffer();
        return buffer.readByteArray(Math.min(buffer.size(), ResponseHead.BYTES_MAX));
    }

    private okhttp3.Request build(String method, Request request) {
        var builder = new okhttp3.Request.Builder()
                .url(urls.get(request.url(), url -> HttpUrl.get(url.toString())))
                .header("User-Agent", userAgent);
        request.headers().forEach(builder::header);
        // set here, so that the client neither asks for gzip nor inflates any
        return builder.header("Accept-Encoding", "identity")
                .method(method, new OnceBody(request.body()))
                .build();
    }

    private static Outcome unsendable(String detail) {
        return new Outcome.Unanswered(Result.without(Reason.NOT_SENDABLE, detail, Timings.NONE));
    }

    private static Proxy proxy(InetSocketAddress address) {
        return new Proxy(
                Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.getHostString(), address.getPort()));
    }

    private static EventListener trace() {
        return CallTrace.CURRENT.isBound() ? CallTrace.CURRENT.get() : EventListener.NONE;
    }
}
