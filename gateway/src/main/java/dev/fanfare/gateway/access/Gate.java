package dev.fanfare.gateway.access;

import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.access.Token;
import dev.fanfare.service.access.TokenException;
import dev.fanfare.service.access.TokenFault;
import dev.fanfare.service.access.TokenVerifier;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.Headers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Finds out who asks. Thread-safe; may wait for an issuer's keys.
public final class Gate {
    private final AccessSettings settings;
    private final Origins origins;
    private final TokenVerifier verifier;
    private final Tickets tickets;
    private final Revocations revocations;
    private final InstantSource clock;
    private final Grants grants;
    private final Caller anybody;
    private final long noticeMillis;
    private final long graceMillis;

    public Gate(
            AccessSettings settings,
            Origins origins,
            TokenVerifier verifier,
            Tickets tickets,
            Revocations revocations,
            InstantSource clock) {
        this.settings = settings;
        this.origins = origins;
        this.verifier = verifier;
        this.tickets = tickets;
        this.revocations = revocations;
        this.clock = clock;
        this.grants = new Grants(settings);
        this.noticeMillis = settings.expiry().notice().toMillis();
        this.graceMillis = verifier.skew().plus(settings.expiry().grace()).toMillis();
        var anonymous = settings.anonymous();
        this.anybody = new Caller(
                Optional.empty(),
                new Grant(anonymous.subscribe(), anonymous.publish(), List.of()),
                verifier.hasIssuers());
    }

    /// Who sends this request. A ticket is used up by it, whatever comes of the request.
    ///
    /// @param query decoded parameters by name
    /// @throws ProblemException if what is shown is not good, or nothing is and anybody may nothing
    public Caller admit(Headers headers, Map<String, List<String>> query) {
        var caller = switch (Credential.of(headers, query, settings, origins)) {
            case Credential.None() -> anybody;
            case Credential.Bearer(var token) -> caller(() -> verifier.verify(token));
            case Credential.Ticket(var ticket) -> {
                var claims = tickets.redeem(ticket);
                yield caller(() -> verifier.check(claims));
            }
        };
        caller.checkKnown();
        return caller;
    }

    /// Who holds this token.
    ///
    /// @throws ProblemException if it is not good
    public Caller admit(String token) {
        return caller(() -> verifier.verify(token));
    }

    private Caller caller(Supplier<Token> verified) {
        try {
            if (!revocations.isReady()) { // a token may be one that was taken back
                throw new ProblemException(
                        ErrorCode.NOT_READY,
                        "this node has not read the revocations yet: come back in a moment",
                        Map.of("Retry-After", "1"));
            }
            var token = verified.get();
            if (revocations.isRevoked(token)) {
                throw new TokenException(TokenFault.REVOKED, "the token was taken back");
            }
            return new Caller(Optional.of(token), grants.of(token.claims()), true);
        } catch (TokenException refused) {
            throw Refusals.of(refused);
        }
    }

    /// Whether a caller may take tokens back.
    ///
    /// @throws ProblemException if not
    public Token checkManager(Caller caller) {
        return checkScope(caller, settings.managementScope());
    }

    /// Whether a caller may have sessions ended and clients moved.
    ///
    /// @throws ProblemException if not
    public Token checkOperator(Caller caller) {
        return checkScope(caller, settings.operatorScope());
    }

    private Token checkScope(Caller caller, String scope) {
        var token = caller.token()
                .orElseThrow(() -> Refusals.nobody("this takes a token: send 'Authorization: Bearer' and one"));
        if (!token.claims().texts(settings.claims().scope()).contains(scope)) {
            throw Refusals.forbidden("the token does not have '%s' in its claim '%s'"
                    .formatted(scope, settings.claims().scope()));
        }
        return token;
    }

    /// How long a token may still be used.
    public Duration left(Token token) {
        return Duration.ofMillis(Math.max(0, token.expiresAt().toEpochMilli() - clock.millis()));
    }

    /// In how many milliseconds a session that rests on a token is to be told that it expires; not above 0: now.
    public long millisToNotice(Token token) {
        return token.expiresAt().toEpochMilli() - noticeMillis - clock.millis();
    }

    /// In how many milliseconds a session that rests on a token is to be ended; not above 0: now.
    public long millisToEnd(Token token) {
        return token.expiresAt().toEpochMilli() + graceMillis - clock.millis();
    }

    public Instant now() {
        return clock.instant();
    }

    public Revocations revocations() {
        return revocations;
    }
}
