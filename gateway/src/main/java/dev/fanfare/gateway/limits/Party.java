package dev.fanfare.gateway.limits;

import dev.fanfare.service.access.Token;
import java.util.Optional;

/// Who a client is to the limits.
///
/// @param principal who its token speaks for; none for anybody
public record Party(Address address, Optional<Principal> principal) {
    /// The subject of an issuer, whichever of its tokens it shows.
    record Principal(String issuer, String subject) {}

    /// Where it comes from, as an IPv4 address or the /64 of an IPv6 address.
    public String addressText() {
        return address.text();
    }

    /// What [#addressText] would be of a client that comes from an address, which is written out; empty if that is
    /// none.
    public static Optional<String> addressOf(String literal) {
        return Subnet.address(literal).map(Address::of).map(Address::text);
    }

    /// The same client, now that it has shown a token, or none.
    public Party with(Optional<Token> token) {
        return new Party(address, token.map(one -> new Principal(one.issuer(), one.subject())));
    }
}
