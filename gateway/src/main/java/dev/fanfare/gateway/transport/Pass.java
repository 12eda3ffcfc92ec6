package dev.fanfare.gateway.transport;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.access.Caller;
import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.access.Refusals;
import dev.fanfare.gateway.limits.Stay;
import dev.fanfare.gateway.protocol.CloseReason;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.session.Account;
import dev.fanfare.gateway.session.Holder;
import dev.fanfare.gateway.session.Permit;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Transport;
import dev.fanfare.service.access.Token;
import dev.fanfare.service.http.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// What one session may, as long as its token holds: tells that the token expires, takes a new one of the same subject,
/// and ends the session when the token has expired or was taken back.
///
/// What a subscription brings lies in what was granted when it was made, so events need no look of their own: it is
/// enough that the subscription ends with the grant. Thread-safe.
final class Pass implements Permit {
    private static final Duration LOOK_MAX = Duration.ofDays(1);
    private static final long UNSEEN = -1; // a revocation may have come since the caller was let in

    private final Gate gate;
    private final Stay stay;
    private final @Nullable Account account;
    private final AtomicReference<Held> held;

    /// @param told whether the client knows that the token expires
    /// @param seen the version of the revocations that the token was held against
    private record Held(Caller caller, boolean told, long seen) {}

    /// @param account of the session, where the log is to tell of it
    Pass(Gate gate, Caller caller, Stay stay, @Nullable Account account) {
        this.gate = gate;
        this.stay = stay;
        this.account = account;
        this.held = new AtomicReference<>(new Held(caller.withoutClaims(), false, UNSEEN));
    }

    /// What the session takes of its client's limits.
    Stay stay() {
        return stay;
    }

    @Override
    public boolean beginReplay() {
        return stay.tryReplay();
    }

    @Override
    public void endReplay() {
        stay.endReplay();
    }

    @Override
    public Holder holder() {
        var token = caller().token();
        return new Holder(
                token.map(Token::issuer),
                token.map(Token::subject),
                stay.party().addressText());
    }

    @Override
    public @Nullable Account account() {
        return account;
    }

    @Override
    public void ended() {
        stay.close();
    }

    /// Who is served now.
    Caller caller() {
        return held.get().caller();
    }

    @Override
    public long look(Session session) {
        var now = held.get();
        var token = now.caller().token();
        return token.isEmpty() ? NEVER : TimeUnit.MILLISECONDS.toNanos(look(session, now, token.get()));
    }

    /// Where another token has come meanwhile, that one is looked at soon.
    private long look(Session session, Held now, Token token) {
        long version = gate.revocations().version();
        long left = gate.millisToEnd(token);
        long quiet = now.told() || session.options().transport() == Transport.POLL // ends by itself
                ? left
                : gate.millisToNotice(token);
        if (version != now.seen() && gate.revocations().isRevoked(token)) {
            session.end(CloseReason.TOKEN_REVOKED);
        } else if (left <= 0) {
            session.end(CloseReason.TOKEN_EXPIRED);
        } else if (quiet <= 0 || version != now.seen()) {
            boolean tell = quiet <= 0;
            if (held.compareAndSet(now, new Held(now.caller(), now.told() || tell, version)) && tell) {
                session.inform(s -> s.tell(new Notice.TokenExpiring(gate.left(token))));
                return Math.min(left, LOOK_MAX.toMillis());
            }
        }
        return Math.clamp(Math.min(left, quiet), 0, LOOK_MAX.toMillis());
    }

    /// Goes on by a new token. Subscriptions that it does not allow end, and the client is told which.
    ///
    /// @return how long the new token lasts
    /// @throws ProblemException if it is not good, or somebody else's: the session goes on as it was
    Duration renew(Session session, String token) {
        var fresh = gate.admit(token);
        renew(session, fresh);
        return gate.left(fresh.token().orElseThrow());
    }

    void renew(Session session, Caller fresh) {
        var before = caller().token();
        var after = fresh.token();
        if (before.isEmpty() || after.isEmpty() || !before.get().isSameSubject(after.get())) {
            throw Refusals.forbidden("the token is of another subject than the session: open a new session with it");
        }
        held.set(new Held(fresh.withoutClaims(), false, UNSEEN));
        session.lookSoon(); // it may last shorter
        session.inform(s -> {
            var ended = s.interests().retain(caller().grant()::maySubscribe);
            if (!ended.isEmpty()) {
                s.tell(new Notice.Revoked(
                        ended.stream().map(ChannelPattern::text).toList()));
            }
        });
    }

    /// Whether a request with the same token would be let in now. Does not wait: in doubt it would not.
    boolean isAsGood() {
        var now = held.get();
        var token = now.caller().token();
        return token.isEmpty()
                || (gate.left(token.get()).isPositive() && gate.revocations().version() == now.seen());
    }

    /// Whether more may be subscribed to, now.
    void checkSubscribe(List<ChannelPattern> patterns) {
        caller().checkSubscribe(patterns);
    }
}
