package dev.fanfare.gateway.limits;

import dev.fanfare.gateway.listener.Doorkeeper;
import java.net.InetAddress;

/// TCP connections of each address, and how many a second may begin a handshake of TLS, which costs a connection that
/// has said nothing yet some processor time. Proxies that are trusted may have any number, as they come for others.
///
/// Threads: any.
final class Connections implements Doorkeeper {
    private final Counts<Address> counts;
    private final Rate<Address> handshakes;
    private final Proxies proxies;
    private final LimitMetrics metrics;

    /// @param handshakes a second, where connections begin with one
    Connections(int max, Rate<Address> handshakes, Proxies proxies, LimitMetrics metrics) {
        this.counts = new Counts<>(max);
        this.handshakes = handshakes;
        this.proxies = proxies;
        this.metrics = metrics;
    }

    @Override
    public boolean enters(InetAddress from) {
        if (proxies.isTrusted(from)) {
            return true;
        }
        var address = Address.of(from);
        if (!counts.tryTake(address)) {
            metrics.refused(Limit.ADDRESS_CONNECTIONS).increment();
            return false;
        }
        if (handshakes.take(address) > 0) {
            counts.giveBack(address);
            metrics.refused(Limit.ADDRESS_HANDSHAKES).increment();
            return false;
        }
        return true;
    }

    @Override
    public void leaves(InetAddress from) {
        if (!proxies.isTrusted(from)) {
            counts.giveBack(Address.of(from));
        }
    }
}
