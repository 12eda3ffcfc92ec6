package dev.fanfare.gateway.limits;

import dev.fanfare.service.access.Token;
import java.util.Optional;

/// Who a client is to the limits.
///
/// @param principal who its token speaks for; none for anybody
public record Party(Address address, Optional<Principal> principal) {
    /// The subject of an issuer, whichever of its tokens it shows.
    record Principal(String issuer, String subject) {}

    /// The same client, now that it has shown a token, or none.
    public Party with(Optional<Token> token) {
        return new Party(address, token.map(one -> new Principal(one.issuer(), one.subject())));
    }
}
