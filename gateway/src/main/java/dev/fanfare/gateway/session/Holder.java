package dev.fanfare.gateway.session;

import java.util.Optional;

/// Whose a session is.
///
/// @param issuer of the client's token; none for anybody
/// @param subject of that token
/// @param address an IPv4 address, or the /64 of an IPv6 address; empty if it is not known
public record Holder(Optional<String> issuer, Optional<String> subject, String address) {
    public static final Holder UNKNOWN = new Holder(Optional.empty(), Optional.empty(), "");
}
