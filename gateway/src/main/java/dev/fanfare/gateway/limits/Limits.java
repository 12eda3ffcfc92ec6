package dev.fanfare.gateway.limits;

import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.limits.Party.Principal;
import dev.fanfare.gateway.listener.Doorkeeper;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.Headers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What one client may have of this node, and all together: each method throws what the client is told when it is too
/// much. A limit of a principal holds beside that of its address, except for publishing, where it takes its place.
///
/// Thread-safe; nothing here waits.
public final class Limits {
    private static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");

    private final GatewaySettings.Limits settings;
    private final Proxies proxies;
    private final LongSupplier retryMillis;
    private final LongSupplier nanos;
    private final LimitMetrics metrics = new LimitMetrics();
    private final Places places;
    private final Rate<Limit> connects;
    private final Rate<Address> addressConnects;
    private final Rate<Address> addressPublishes;
    private final Rate<Address> addressPublishBytes;
    private final Rate<Principal> principalPublishes;
    private final Rate<Principal> principalPublishBytes;
    private final Rate<Principal> principalTickets;

    /// @param retryMillis a reconnection delay for one client; a new one each time
    /// @param nanos a clock such as [System#nanoTime]
    public Limits(GatewaySettings.Limits settings, Proxies proxies, LongSupplier retryMillis, LongSupplier nanos) {
        var address = settings.address();
        var principal = settings.principal();
        this.settings = settings;
        this.proxies = proxies;
        this.retryMillis = retryMillis;
        this.nanos = nanos;
        this.places = new Places(settings, metrics);
        this.connects = new Rate<>(settings.connectsPerSecond(), nanos);
        this.addressConnects = new Rate<>(address.connectsPerSecond(), nanos);
        this.addressPublishes = new Rate<>(address.publishesPerSecond(), nanos);
        this.addressPublishBytes = new Rate<>(address.publishBytesPerSecond(), nanos);
        this.principalPublishes = new Rate<>(principal.publishesPerSecond(), nanos);
        this.principalPublishBytes = new Rate<>(principal.publishBytesPerSecond(), nanos);
        this.principalTickets = new Rate<>(principal.ticketsPerSecond(), nanos);
    }

    /// For TCP connections.
    ///
    /// @param tls whether each begins with a handshake
    public Doorkeeper connections(boolean tls) {
        var handshakes = new Rate<Address>(tls ? settings.address().handshakesPerSecond() : 0, nanos);
        return new Connections(settings.address().connections(), handshakes, proxies, metrics);
    }

    public LimitMetrics metrics() {
        return metrics;
    }

    /// Who sends a request, before it is known by what token.
    public Party party(PeerInfo peer, Headers headers) {
        return new Party(Address.of(client(peer, headers)), Optional.empty());
    }

    /// Where a request comes from, behind the proxies that are trusted.
    public InetAddress client(PeerInfo peer, Headers headers) {
        var from = peer.address() instanceof InetSocketAddress internet ? internet.getAddress() : NOWHERE;
        return proxies.client(from, headers);
    }

    /// A client asks for a session.
    ///
    /// @throws ProblemException if it, or all together, ask too often
    public void connect(Party party) {
        long wait = addressConnects.take(party.address());
        if (wait > 0) {
            throw tooOften(
                    Limit.ADDRESS_CONNECTS,
                    wait,
                    "more than %d sessions a second are opened from your address"
                            .formatted(settings.address().connectsPerSecond()));
        }
        if (connects.take(Limit.CONNECTS) > 0) {
            throw refused(
                    Limit.CONNECTS,
                    ErrorCode.NODE_BUSY,
                    retryMillis.getAsLong(),
                    "too many clients connect to this node at once");
        }
    }

    /// What one session will take; nothing is taken yet.
    public Stay stay(Party party) {
        return new Stay(places, party);
    }

    /// Takes the place of a session.
    ///
    /// @throws ProblemException if there is none
    public void enter(Stay stay) {
        stay.enter().ifPresent(limit -> {
            throw full(limit);
        });
    }

    /// Whether there is a place for a session that is not to be opened yet.
    ///
    /// @throws ProblemException if not
    public void checkRoom(Party party) {
        places.full(party).ifPresent(limit -> {
            places.refused(limit);
            throw full(limit);
        });
    }

    /// Somebody reads from Kafka to find out where to start; [Stay#endReplay] follows.
    ///
    /// @throws ProblemException if they do it too often at once
    public void beginReplay(Stay stay) {
        if (!stay.tryReplay()) {
            throw problem(
                    ErrorCode.TOO_MANY_REQUESTS,
                    retryMillis.getAsLong(),
                    "your address, or the token's subject, reads back from Kafka too often at once: come back later");
        }
    }

    /// Somebody publishes; [#published] tells how much.
    ///
    /// @throws ProblemException if they publish too often, or have published too much
    public void publish(Party party) {
        var known = party.principal();
        if (known.isPresent()) {
            check(Limit.PRINCIPAL_PUBLISH_BYTES, principalPublishBytes.untilAny(known.get()));
            check(Limit.PRINCIPAL_PUBLISHES, principalPublishes.take(known.get()));
        } else {
            check(Limit.ADDRESS_PUBLISH_BYTES, addressPublishBytes.untilAny(party.address()));
            check(Limit.ADDRESS_PUBLISHES, addressPublishes.take(party.address()));
        }
    }

    private void check(Limit limit, long wait) {
        if (wait > 0) {
            throw tooOften(
                    limit,
                    wait,
                    switch (limit) {
                        case ADDRESS_PUBLISHES -> "your address publishes too often";
                        case PRINCIPAL_PUBLISHES -> "the token's subject publishes too often";
                        case ADDRESS_PUBLISH_BYTES -> "your address publishes too many bytes";
                        default -> "the token's subject publishes too many bytes";
                    });
        }
    }

    /// Counts what was read of somebody who publishes.
    public void published(Party party, int bytes) {
        var known = party.principal();
        if (known.isPresent()) {
            principalPublishBytes.spend(known.get(), bytes);
        } else {
            addressPublishBytes.spend(party.address(), bytes);
        }
    }

    /// Somebody asks for a ticket.
    ///
    /// @throws ProblemException if they do that too often
    public void ticket(Party party) {
        party.principal().ifPresent(known -> {
            long wait = principalTickets.take(known);
            if (wait > 0) {
                throw tooOften(
                        Limit.PRINCIPAL_TICKETS,
                        wait,
                        "the token's subject asks for more than %d tickets a second"
                                .formatted(settings.principal().ticketsPerSecond()));
            }
        });
    }

    /// For what one WebSocket says.
    public MessageRate messages() {
        return new MessageRate(settings.messagesPerSecond(), nanos, metrics);
    }

    private ProblemException full(Limit limit) {
        long after = retryMillis.getAsLong();
        return switch (limit) {
            case ADDRESS_SESSIONS ->
                problem(
                        ErrorCode.TOO_MANY_SESSIONS,
                        after,
                        "your address has %d sessions, the most it may have: close one"
                                .formatted(settings.address().sessions()));
            case PRINCIPAL_SESSIONS ->
                problem(
                        ErrorCode.TOO_MANY_SESSIONS,
                        after,
                        "the token's subject has %d sessions, the most it may have: close one"
                                .formatted(settings.principal().sessions()));
            default ->
                problem(
                        ErrorCode.NODE_BUSY,
                        after,
                        "this node has as many sessions as it may have: come back, another one may have room");
        };
    }

    private ProblemException tooOften(Limit limit, long waitNanos, String what) {
        long millis = Duration.ofNanos(waitNanos).toMillis();
        return refused(limit, ErrorCode.TOO_MANY_REQUESTS, millis, what + ": come back later");
    }

    private ProblemException refused(Limit limit, ErrorCode code, long afterMillis, String detail) {
        metrics.refused(limit).increment();
        return problem(code, afterMillis, detail);
    }

    private static ProblemException problem(ErrorCode code, long afterMillis, String detail) {
        return new ProblemException(
                code, detail, Map.of("Retry-After", Long.toString(Math.max(1, Math.ceilDiv(afterMillis, 1000L)))));
    }
}
