package dev.fanfare.gateway.transport;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.access.Caller;
import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.cluster.Presence;
import dev.fanfare.gateway.limits.Limits;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.session.Account;
import dev.fanfare.gateway.session.CatchUp;
import dev.fanfare.gateway.session.KnownKeys;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Start;
import dev.fanfare.gateway.session.StartPoint;
import dev.fanfare.gateway.session.Starts;
import dev.fanfare.service.access.Token;
import dev.fanfare.service.http.ProblemException;
import io.helidon.common.socket.PeerInfo;
import io.helidon.http.Headers;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a client gets to a session, over any transport: within its limits, by its token, and from where it wants to
/// start. Thread-safe; may wait for an issuer's keys and for Kafka.
public final class Entrance {
    private final Gate gate;
    private final Limits limits;
    private final Starts starts;
    private final CatchUp catchUp;
    private final Optional<Presence> presence;
    private final boolean accounts;

    /// @param accounts whether the log is to tell of each session when it ends
    public Entrance(
            Gate gate, Limits limits, Starts starts, CatchUp catchUp, Optional<Presence> presence, boolean accounts) {
        this.gate = gate;
        this.limits = limits;
        this.starts = starts;
        this.catchUp = catchUp;
        this.presence = presence;
        this.accounts = accounts;
    }

    Limits limits() {
        return limits;
    }

    /// Who comes, and with what right. There is a place at this moment, which is not taken yet.
    ///
    /// @throws ProblemException if they come too often, have too much already, or may not subscribe
    Pass admit(PeerInfo peer, Headers headers, Map<String, List<String>> query, StreamRequest asked) {
        if (asked.presence() && presence.isEmpty()) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER, "presence=true: nobody is counted here, as the operator has it");
        }
        var party = limits.party(peer, headers);
        limits.connect(party);
        var caller = gate.admit(headers, query);
        caller.checkSubscribe(asked.patterns());
        var known = party.with(caller.token());
        limits.checkRoom(known);
        return new Pass(gate, caller, limits.stay(known), accounts ? account(peer, headers, caller) : null);
    }

    private Account account(PeerInfo peer, Headers headers, Caller caller) {
        return new Account(
                limits.client(peer, headers).getHostAddress(),
                caller.token().map(Token::issuer).orElse(""),
                caller.token().map(Token::subject).orElse(""));
    }

    /// What a state of patterns is told by, for a session that is under way.
    KnownKeys keys(List<ChannelPattern> patterns, Pass pass) throws InterruptedException {
        pass.checkSubscribe(patterns);
        want(patterns);
        limits.beginReplay(pass.stay());
        try {
            return starts.keys(patterns);
        } finally {
            pass.stay().endReplay();
        }
    }

    /// A stream is open: who asked to be told who else is there, is from now on.
    void opened(StreamRequest asked, Session session) {
        if (asked.presence()) {
            presence.ifPresent(one -> one.watch(session));
        }
    }

    /// Where a session begins. All but a fresh one may cost Kafka something, and this node has come there.
    Start start(StreamRequest asked, Pass pass) throws InterruptedException {
        try (var _ = catchUp.want(asked.patterns())) {
            return wanted(asked, pass);
        }
    }

    /// Returns once what patterns match is read, for a session that is about to subscribe to them.
    void want(List<ChannelPattern> patterns) throws InterruptedException {
        catchUp.want(patterns).close();
    }

    private Start wanted(StreamRequest asked, Pass pass) throws InterruptedException {
        if (asked.start() instanceof StartPoint.Live) {
            return starts.find(asked.start(), asked.patterns());
        }
        limits.beginReplay(pass.stay());
        try {
            var start = starts.find(asked.start(), asked.patterns());
            catchUp.await(start, asked.patterns());
            return start;
        } finally {
            pass.stay().endReplay();
        }
    }
}
