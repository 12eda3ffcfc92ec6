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
}
