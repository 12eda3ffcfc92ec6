package dev.fanfare.service.access;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.ParseException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a token says (RFC 7519 §4). A name is that of a claim, or with dots the way to a member of one:
/// `fanfare.publish`.
/// Immutable.
public final class Claims {
    static final Claims NONE = new Claims("{}", Map.of());

    private static final BigDecimal LATEST = BigDecimal.valueOf(253_402_300_799L); // the year 9999

    private final String json;
    private final Map<String, Object> members;

    private Claims(String json, Map<String, Object> members) {
        this.json = json;
        this.members = members;
    }

    /// Reads claims.
    ///
    /// @throws TokenException if it is no JSON object
    public static Claims parse(String json) {
        try {
            @Nullable Map<String, Object> members = JSONObjectUtils.parse(json); // null of "null"
            if (members != null) {
                return new Claims(json, members);
            }
        } catch (ParseException noObject) {
            // as below
        }
        throw new TokenException(TokenFault.MALFORMED, "the header or the claims of the token are no JSON object");
    }

    /// As it was parsed.
    public String json() {
        return json;
    }

    /// A text, or a number as one.
    public Optional<String> text(String name) {
        return switch (find(name)) {
            case String text -> Optional.of(text);
            case Number number -> Optional.of(number.toString());
            case null, default -> Optional.empty();
        };
    }

    /// A list of texts, or one text of several with blanks between them (RFC 8693 §4.2). What is neither is nothing.
    public List<String> texts(String name) {
        return switch (find(name)) {
            case String text ->
                List.of(text.strip().split("\\s+")).stream()
                        .filter(part -> !part.isEmpty())
                        .toList();
            case Collection<?> list ->
                list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList();
            case null, default -> List.of();
        };
    }

    /// One text or number, or a list of them, each as it is: unlike [#texts] a text with blanks stays one. For what
    /// must not be taken apart, as a part may be another's name.
    public List<String> names(String name) {
        return switch (find(name)) {
            case Collection<?> list -> list.stream().flatMap(Claims::name).toList();
            case null -> List.of();
            case Object one -> name(one).toList();
        };
    }

    private static Stream<String> name(@Nullable Object value) {
        return value instanceof String || value instanceof Number ? Stream.of(value.toString()) : Stream.empty();
    }

    /// A `NumericDate`, rounded down to seconds.
    public Optional<Instant> time(String name) {
        return find(name) instanceof Number number ? Optional.of(instant(number)) : Optional.empty();
    }

    private static Instant instant(Number number) {
        var seconds =
                number instanceof Double d && !Double.isFinite(d) ? BigDecimal.ZERO : new BigDecimal(number.toString());
        return Instant.ofEpochSecond(seconds.max(BigDecimal.ZERO)
                .min(LATEST)
                .setScale(0, RoundingMode.FLOOR)
                .longValue());
    }

    boolean has(String name) {
        return find(name) != null;
    }

    private @Nullable Object find(String name) {
        @Nullable Object whole = members.get(name);
        int dot = name.indexOf('.');
        if (whole != null || dot < 0) {
            return whole;
        }
        @Nullable Object at = members;
        for (var part : name.split("\\.", -1)) {
            at = at instanceof Map<?, ?> map ? map.get(part) : null;
        }
        return at;
    }
}
