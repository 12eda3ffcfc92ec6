package dev.fanfare.gateway.limits;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// Where a client comes from, as far as limits tell clients apart: an IPv4 address, or the /64 of an IPv6 address,
/// within which anybody who has one address has all (RFC 4291 §2.5.4, RFC 6177).
///
/// @param bits the whole of IPv4, the upper half of IPv6
record Address(boolean ipv6, long bits) {
    static Address of(InetAddress address) {
        var bytes = ByteBuffer.wrap(address.getAddress());
        return bytes.remaining() == 4 ? new Address(false, bytes.getInt()) : new Address(true, bytes.getLong());
    }

    /// `192.0.2.7`, `2001:db8:0:1::/64`.
    String text() {
        return ipv6
                ? "%x:%x:%x:%x::/64".formatted(bits >>> 48, bits >>> 32 & 0xFFFF, bits >>> 16 & 0xFFFF, bits & 0xFFFF)
                : "%d.%d.%d.%d".formatted(bits >>> 24 & 0xFF, bits >>> 16 & 0xFF, bits >>> 8 & 0xFF, bits & 0xFF);
    }
}
