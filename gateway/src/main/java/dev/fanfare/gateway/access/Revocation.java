package dev.fanfare.gateway.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.events.JsonBytes;
import dev.fanfare.service.access.Claims;
import dev.fanfare.service.access.Token;
import dev.fanfare.service.access.TokenException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// That tokens are taken back: all of a subject, or one by its id. As a record its key is `sub ISSUER SUBJECT` or
/// `jti ISSUER ID`, its value `{"issuedBefore":seconds,"until":seconds}`, both optional.
///
/// @param issuedBefore tokens that were issued later are good; empty: none is
/// @param until nothing is revoked from then on
public record Revocation(Optional<Instant> issuedBefore, Optional<Instant> until) {
    private static final Pattern KEY = Pattern.compile("(?s)(sub|jti) \\S+ .+");

    static boolean isKey(String key) {
        return KEY.matcher(key).matches();
    }

    /// All tokens of a subject.
    public static String subjectKey(String issuer, String subject) {
        return "sub " + issuer + " " + subject;
    }

    /// One token.
    public static String tokenKey(String issuer, String id) {
        return "jti " + issuer + " " + id;
    }

    /// What cannot be read revokes for ever: rather too much than too little.
    static Revocation parse(byte[] value) {
        try {
            var members = Claims.parse(new String(value, UTF_8));
            return new Revocation(members.time("issuedBefore"), members.time("until"));
        } catch (TokenException noJson) {
            return new Revocation(Optional.empty(), Optional.empty());
        }
    }

    byte[] json() {
        var out = new JsonBytes(64).raw("{");
        issuedBefore.ifPresent(at -> out.raw("\"issuedBefore\":" + at.getEpochSecond()));
        until.ifPresent(at -> out.raw((issuedBefore.isPresent() ? "," : "") + "\"until\":" + at.getEpochSecond()));
        return out.raw("}").done();
    }

    /// Whether it is about this token now. One that does not say when it was issued was issued before.
    boolean concerns(Token token, Instant now) {
        boolean old = issuedBefore.isEmpty()
                || token.issuedAt().isEmpty()
                || !token.issuedAt().get().isAfter(issuedBefore.get());
        return old && !isOver(now);
    }

    boolean isOver(Instant now) {
        return until.isPresent() && !now.isBefore(until.get());
    }
}
