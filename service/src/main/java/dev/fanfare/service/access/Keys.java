package dev.fanfare.service.access;

import java.util.List;
import java.util.Optional;

/// The keys of one issuer. Thread-safe.
interface Keys extends AutoCloseable {
    /// The keys that a token may have been signed with; none if there is none.
    ///
    /// @param id the token's `kid`
    /// @throws TokenException with [TokenFault#KEYS_AWAY] if they cannot be had now
    List<VerificationKey> find(Optional<String> id);

    @Override
    default void close() {}
}
