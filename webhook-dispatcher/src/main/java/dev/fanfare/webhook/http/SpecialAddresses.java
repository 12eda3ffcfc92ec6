package dev.fanfare.webhook.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The addresses that are not public, by the IANA registries of special-purpose addresses (RFC 6890), and the tunnels
/// through which a public looking IPv6 address reaches any IPv4 address.
final class SpecialAddresses {
    private static final Cidr GLOBAL_UNICAST = Cidr.of("2000::/3");
    private static final Map<Cidr, String> CLASSES = new LinkedHashMap<>();

    static {
        put("0.0.0.0/8", "of this host or network");
        put("10.0.0.0/8", "private");
        put("100.64.0.0/10", "of a carrier's NAT");
        put("127.0.0.0/8", "a loopback address");
        put("168.63.129.16", "of a cloud's metadata service"); // Azure's; the other clouds' are in ranges of this list
        put("169.254.0.0/16", "link-local, where clouds have their metadata services");
        put("172.16.0.0/12", "private");
        put("192.0.0.0/24", "reserved for protocols");
        put("192.0.2.0/24", "for documentation");
        put("192.88.99.0/24", "of the 6to4 relays");
        put("192.168.0.0/16", "private");
        put("198.18.0.0/15", "for benchmarks");
        put("198.51.100.0/24", "for documentation");
        put("203.0.113.0/24", "for documentation");
        put("224.0.0.0/4", "multicast");
        put("255.255.255.255", "the broadcast address");
        put("240.0.0.0/4", "reserved");
        put("::", "the unspecified address");
        put("::1", "a loopback address");
        put("::/96", "an IPv4 address in IPv6 form");
        put("64:ff9b::/96", "an IPv4 address behind NAT64");
        put("64:ff9b:1::/48", "an IPv4 address behind NAT64");
        put("100::/64", "for discarding");
        put("2001::/32", "an IPv4 address behind Teredo");
        put("2001::/23", "reserved for protocols");
        put("2001:db8::/32", "for documentation");
        put("2002::/16", "an IPv4 address behind 6to4");
        put("3fff::/20", "for documentation");
        put("3ffe::/16", "of the former 6bone");
        put("5f00::/16", "of segment routing");
        put("fc00::/7", "private");
        put("fe80::/10", "link-local");
        put("fec0::/10", "site-local");
        put("ff00::/8", "multicast");
    }

    private SpecialAddresses() {}

    private static void put(String range, String name) {
        CLASSES.put(Cidr.of(range), name);
    }

    /// What kind of address it is, to follow "it is"; empty for a public one.
    static Optional<String> kindOf(InetAddress address) {
        for (var entry : CLASSES.entrySet()) {
            if (entry.getKey().contains(address)) {
                return Optional.of(entry.getValue());
            }
        }
        return address instanceof Inet6Address && !GLOBAL_UNICAST.contains(address)
                ? Optional.of("not a global unicast address")
                : Optional.empty();
    }
}
