package dev.fanfare.service.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Verifies JSON Web Tokens (RFC 7519, with the advice of RFC 8725): HS256, RS256, ES256 and EdDSA with Ed25519, of any
/// number of issuers, each with an audience and keys of its own. Thread-safe; may wait for an issuer's keys.
public final class TokenVerifier implements AutoCloseable {
    /// Characters of a token.
    public static final int LENGTH_MAX = 8192;

    private static final Set<String> ALGORITHMS = Set.of("HS256", "RS256", "ES256", "EdDSA", "Ed25519");
    private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "application/at+jwt");
    private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]+");
    private static final int FILE_MAX = 1 << 20;

    private record Issuer(List<String> audiences, Keys keys) {}

    private final Map<String, Issuer> issuers = new HashMap<>();
    private final Duration skew;
    private final InstantSource clock;

    /// Reads keys from files, and begins to fetch those behind URLs.
    ///
    /// @param skew how much the clocks of issuers and this machine may differ
    /// @throws IllegalArgumentException if a file has no keys, naming it
    public TokenVerifier(List<IssuerSettings> trusted, Duration skew, InstantSource clock) {
        this(trusted, skew, clock, RemoteKeys.Times.DEFAULT);
    }

    TokenVerifier(List<IssuerSettings> trusted, Duration skew, InstantSource clock, RemoteKeys.Times times) {
        this.skew = skew;
        this.clock = clock;
        for (var issuer : trusted) {
            issuers.put(issuer.issuer(), new Issuer(issuer.audiences(), keys(issuer.keys(), times)));
        }
    }

    private static Keys keys(IssuerSettings.KeySource source, RemoteKeys.Times times) {
        return switch (source) {
            case IssuerSettings.KeySource.JwksUrl(var url) -> new RemoteKeys(url, times);
            case IssuerSettings.KeySource.JwksFile(var file) ->
                read(file, bytes -> KeySet.ofJwks(new String(bytes, StandardCharsets.UTF_8), true))::find;
            case IssuerSettings.KeySource.PublicKeyFile(var file) ->
                read(file, bytes -> KeySet.ofPem(new String(bytes, StandardCharsets.ISO_8859_1)))::find;
            case IssuerSettings.KeySource.SecretFile(var file) -> read(file, KeySet::ofSecret)::find;
        };
    }

    private static KeySet read(Path file, Function<byte[], KeySet> reader) {
        try {
            if (Files.size(file) > FILE_MAX) {
                throw new IllegalArgumentException("has more than %d bytes".formatted(FILE_MAX));
            }
            return reader.apply(Files.readAllBytes(file));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("access.issuers: the key file %s cannot be read: %s"
                    .formatted(file, unreadable.getClass().getSimpleName()));
        } catch (IllegalArgumentException noKeys) {
            throw new IllegalArgumentException(
                    "access.issuers: the key file %s %s".formatted(file, noKeys.getMessage()));
        }
    }

    /// Whether there is anybody whose tokens are taken.
    public boolean hasIssuers() {
        return !issuers.isEmpty();
    }

    /// How much clocks may differ.
    public Duration skew() {
        return skew;
    }

    /// Verifies a token.
    ///
    /// @param compact as it came (RFC 7515 §7.1)
    /// @throws TokenException says why it is not taken
    public Token verify(String compact) {
        if (compact.length() > LENGTH_MAX) {
            throw new TokenException(
                    TokenFault.TOO_LARGE,
                    "the token has %d characters: %d is the most that is taken"
                            .formatted(compact.length(), LENGTH_MAX));
        }
        var parts = compact.split("\\.", -1);
        if (parts.length != 3
                || !List.of(parts).subList(0, 2).stream()
                        .allMatch(p -> BASE64URL.matcher(p).matches())) {
            throw new TokenException(TokenFault.MALFORMED, "the token is no JWT of three parts in base64url");
        }
        checkHeader(Claims.parse(text(parts[0])));
        var claims = Claims.parse(text(parts[1]));
        var issuer = issuer(claims);
        if (!BASE64URL.matcher(parts[2]).matches()) {
            throw new TokenException(TokenFault.SIGNATURE, "the token has no signature");
        }
        checkSignature(header(parts[0]), parts, issuer);
        return check(claims, issuer);
    }

    /// Checks what a token says that is known to be good.
    ///
    /// @param claims as a verified token had them
    /// @throws TokenException says why they do not hold now
    public Token check(Claims claims) {
        return check(claims, issuer(claims));
    }

    private static void checkHeader(Claims header) {
        var algorithm = header.text("alg").orElse("none");
        if (!ALGORITHMS.contains(algorithm)) {
            throw new TokenException(
                    TokenFault.ALGORITHM,
                    "the algorithm %s is not taken: use RS256, ES256, EdDSA or HS256".formatted(shown(algorithm)));
        }
        if (header.has("crit") || header.has("b64")) {
            throw new TokenException(TokenFault.HEADER, "the token has critical headers: none is known here");
        }
        var type = header.text("typ").orElse("JWT");
        if (!TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            throw new TokenException(
                    TokenFault.HEADER, "the token is of the type %s: send an access token".formatted(shown(type)));
        }
    }

    private Issuer issuer(Claims claims) {
        var name = text(claims, "iss");
        var issuer = issuers.get(name);
        if (issuer == null) {
            throw new TokenException(
                    TokenFault.ISSUER, "tokens of the issuer %s are not taken here".formatted(shown(name)));
        }
        return issuer;
    }

    private static void checkSignature(JWSHeader header, String[] parts, Issuer issuer) {
        var keys = issuer.keys().find(Optional.ofNullable(header.getKeyID()));
        if (keys.isEmpty()) {
            throw new TokenException(TokenFault.KEY, "the issuer has no key with the id of the token");
        }
        var fit = keys.stream()
                .filter(key -> key.algorithms().contains(header.getAlgorithm().getName()))
                .toList();
        if (fit.isEmpty()) {
            throw new TokenException(
                    TokenFault.ALGORITHM,
                    "the issuer's key is not for %s"
                            .formatted(shown(header.getAlgorithm().getName())));
        }
        var signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        var signature = new Base64URL(parts[2]);
        if (fit.stream().noneMatch(key -> holds(key, header, signed, signature))) {
            throw new TokenException(TokenFault.SIGNATURE, "the signature of the token is not right");
        }
    }

    private static boolean holds(VerificationKey key, JWSHeader header, byte[] signed, Base64URL signature) {
        try {
            return key.check().holds(header, signed, signature);
        } catch (JOSEException noSignature) {
            return false;
        }
    }

    private Token check(Claims claims, Issuer issuer) {
        if (claims.texts("aud").stream().noneMatch(issuer.audiences()::contains)) {
            throw new TokenException(
                    TokenFault.AUDIENCE,
                    "the token is for somebody else: its 'aud' must have %s".formatted(issuer.audiences()));
        }
        var now = clock.instant();
        var expires = time(claims, "exp")
                .orElseThrow(() -> new TokenException(TokenFault.CLAIM, "the token has no 'exp': it must expire"));
        if (!now.isBefore(expires.plus(skew))) {
            throw new TokenException(TokenFault.EXPIRED, "the token has expired at %s".formatted(expires));
        }
        time(claims, "nbf").filter(from -> now.isBefore(from.minus(skew))).ifPresent(from -> {
            throw new TokenException(TokenFault.NOT_YET_VALID, "the token is not valid before %s".formatted(from));
        });
        return new Token(
                text(claims, "iss"), text(claims, "sub"), claims.text("jti"), time(claims, "iat"), expires, claims);
    }

    private static Optional<Instant> time(Claims claims, String name) {
        var time = claims.time(name);
        if (time.isEmpty() && claims.has(name)) {
            throw new TokenException(TokenFault.CLAIM, "the '%s' of the token is no number".formatted(name));
        }
        return time;
    }

    private static String text(Claims claims, String name) {
        return claims.text(name)
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> new TokenException(TokenFault.CLAIM, "the token has no '%s'".formatted(name)));
    }

    private static JWSHeader header(String encoded) {
        try {
            return JWSHeader.parse(new Base64URL(encoded));
        } catch (ParseException | IllegalArgumentException noHeader) {
            throw new TokenException(TokenFault.MALFORMED, "the header of the token cannot be read");
        }
    }

    private static String text(String encoded) {
        try {
            return new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            throw new TokenException(TokenFault.MALFORMED, "the token is no JWT of three parts in base64url");
        }
    }

    /// What a client sent, fit for a header of the answer (RFC 6750 §3).
    private static String shown(String foreign) {
        var plain = foreign.replaceAll("[^\\x20-\\x7e]|[\"\\\\']", "?");
        return "'" + (plain.length() > 64 ? plain.substring(0, 64) + "..." : plain) + "'";
    }

    @Override
    public void close() {
        issuers.values().forEach(issuer -> issuer.keys().close());
    }
}
