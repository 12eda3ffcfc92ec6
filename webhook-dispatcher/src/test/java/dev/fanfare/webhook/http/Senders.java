package dev.fanfare.webhook.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okhttp3.OkHttpClient;

/// Senders and requests for tests.
final class Senders {
    static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    static final Duration LONG = Duration.ofSeconds(30);
    static final Duration SHORT = Duration.ofMillis(500);

    /// Loopback on any port.
    static final EgressPolicy LOOPBACK =
            new EgressPolicy(List.of(Cidr.of("127.0.0.0/8"), Cidr.of("::1")), Set.of(), false, Set.of());

    /// Public addresses on any port.
    static final EgressPolicy PUBLIC = new EgressPolicy(List.of(), Set.of(), false, Set.of());

    private Senders() {}

    static Sender loopback() {
        return sender(LOOPBACK, new IdleConnections());
    }

    static Sender sender(EgressPolicy policy, IdleConnections idle) {
        return new Sender(settings(policy), new OkHttpClient(), Senders::lookup, InstantSource.fixed(NOW), idle);
    }

    static Sender sender(EgressPolicy policy, Names.Lookup lookup) {
        return new Sender(
                settings(policy), new OkHttpClient(), lookup, InstantSource.fixed(NOW), new IdleConnections());
    }

    static Sender trusting(OkHttpClient base) {
        return new Sender(settings(LOOPBACK), base, Senders::lookup, InstantSource.fixed(NOW), new IdleConnections());
    }

    static Sender through(InetSocketAddress proxy, Names.Lookup lookup) {
        return new Sender(
                new SenderSettings(PUBLIC, Optional.of(proxy), 512, "test"),
                new OkHttpClient(),
                lookup,
                InstantSource.fixed(NOW),
                new IdleConnections());
    }

    static Request request(String url) {
        return request(url, LONG);
    }

    static Request request(String url, Duration timeout) {
        return new Request(
                URI.create(url), Map.of("Content-Type", "application/json"), "{\"a\":1}".getBytes(UTF_8), timeout);
    }

    static Request request(RawServer server) {
        return request(server, LONG);
    }

    static Request request(RawServer server, Duration timeout) {
        return request("http://127.0.0.1:" + server.port() + "/hook?x=1", timeout);
    }

    private static SenderSettings settings(EgressPolicy policy) {
        return new SenderSettings(policy, Optional.empty(), 512, "test");
    }

    private static InetAddress[] lookup(String host) throws UnknownHostException {
        if (host.equals("receiver.test")) {
            return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
        }
        throw new UnknownHostException(host);
    }
}
