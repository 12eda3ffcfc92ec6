package dev.fanfare.webhook.http;

import java.util.List;
import java.util.Set;

/// What may be called.
///
/// @param allowed ranges that may be called although they are not public
/// @param ports that may be called; none: any
/// @param httpsOnly whether `http` URLs are refused
/// @param ownPorts the dispatcher's: never called on an address of this machine, whatever is allowed
public record EgressPolicy(List<Cidr> allowed, Set<Integer> ports, boolean httpsOnly, Set<Integer> ownPorts) {
    /// Public addresses, ports 443 and 80, https only.
    public static final EgressPolicy STANDARD = new EgressPolicy(List.of(), Set.of(443, 80), true, Set.of());

    public EgressPolicy {
        allowed = List.copyOf(allowed);
        ports = Set.copyOf(ports);
        ownPorts = Set.copyOf(ownPorts);
    }
}
