package dev.fanfare.service.access;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/// Whose tokens are taken.
///
/// @param issuer what their `iss` says, exactly
/// @param audiences their `aud` names at least one of these
public record IssuerSettings(String issuer, List<String> audiences, KeySource keys) {
    public IssuerSettings {
        audiences = List.copyOf(audiences);
    }

    /// Where the keys are that the tokens are verified with.
    public sealed interface KeySource {
        /// A JSON Web Key Set (RFC 7517), fetched again every so often.
        record JwksUrl(URI url) implements KeySource {}

        /// A JSON Web Key Set, read at start.
        record JwksFile(Path file) implements KeySource {}

        /// A public key or certificate in PEM, read at start.
        record PublicKeyFile(Path file) implements KeySource {}

        /// A secret for HS256, read at start: the bytes of the file, without a line end at their end.
        record SecretFile(Path file) implements KeySource {}
    }
}
