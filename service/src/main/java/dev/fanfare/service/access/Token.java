package dev.fanfare.service.access;

import java.time.Instant;
import java.util.Optional;

/// A token that was verified: who speaks, until when, and what their issuer says of them.
///
/// @param subject unique within the issuer
/// @param id the `jti`
public record Token(
        String issuer,
        String subject,
        Optional<String> id,
        Optional<Instant> issuedAt,
        Instant expiresAt,
        Claims claims) {
    /// Whether it speaks for the same one.
    public boolean isSameSubject(Token other) {
        return issuer.equals(other.issuer) && subject.equals(other.subject);
    }

    /// The same for who only needs to know who speaks, and keeps it for long.
    public Token withoutClaims() {
        return new Token(issuer, subject, id, issuedAt, expiresAt, Claims.NONE);
    }

    /// Shows who, and nothing that was said of them.
    @Override
    public String toString() {
        return "Token[" + issuer + " " + subject + "]";
    }
}
