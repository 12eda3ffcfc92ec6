package dev.fanfare.gateway.limits;

import dev.fanfare.gateway.listener.Doorkeeper;
import java.net.InetAddress;

/// TCP connections of each address. Proxies that are trusted may have any number, as they come for others.
///
/// Threads: any.
final class Connections implements Doorkeeper {
    private final Counts<Address> counts;
    private final Proxies proxies;
    private final LimitMetrics metrics;

    Connections(int max, Proxies proxies, LimitMetrics metrics) {
        this.counts = new Counts<>(max);
        this.proxies = proxies;
        this.metrics = metrics;
    }

    @Override
    public boolean enters(InetAddress from) {
        if (proxies.isTrusted(from) || counts.tryTake(Address.of(from))) {
            return true;
        }
        metrics.refused(Limit.ADDRESS_CONNECTIONS).increment();
        return false;
    }

    @Override
    public void leaves(InetAddress from) {
        if (!proxies.isTrusted(from)) {
            counts.giveBack(Address.of(from));
        }
    }
}
