package dev.fanfare.gateway.limits;

import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.limits.Party.Principal;
import java.util.Optional;

/// What is held for a while: sessions, and turns to read back from Kafka. Thread-safe.
final class Places {
    private final LimitMetrics metrics;
    private final Counts<Limit> sessions;
    private final Counts<Address> addressSessions;
    private final Counts<Principal> principalSessions;
    private final Counts<Address> addressReplays;
    private final Counts<Principal> principalReplays;

    Places(GatewaySettings.Limits settings, LimitMetrics metrics) {
        this.metrics = metrics;
        this.sessions = new Counts<>(settings.sessions());
        this.addressSessions = new Counts<>(settings.address().sessions());
        this.principalSessions = new Counts<>(settings.principal().sessions());
        this.addressReplays = new Counts<>(settings.address().replays());
        this.principalReplays = new Counts<>(settings.principal().replays());
    }

    /// Why there is no place for a session, if there is none.
    Optional<Limit> full(Party party) {
        if (party.principal().filter(principalSessions::isFull).isPresent()) {
            return Optional.of(Limit.PRINCIPAL_SESSIONS);
        }
        if (addressSessions.isFull(party.address())) {
            return Optional.of(Limit.ADDRESS_SESSIONS);
        }
        return sessions.isFull(Limit.SESSIONS) ? Optional.of(Limit.SESSIONS) : Optional.empty();
    }

    /// Takes the place of a session.
    ///
    /// @return why there is none, if there is none
    Optional<Limit> enter(Party party) {
        var principal = party.principal();
        if (principal.isPresent() && !principalSessions.tryTake(principal.get())) {
            return Optional.of(Limit.PRINCIPAL_SESSIONS);
        }
        if (!addressSessions.tryTake(party.address())) {
            principal.ifPresent(principalSessions::giveBack);
            return Optional.of(Limit.ADDRESS_SESSIONS);
        }
        if (!sessions.tryTake(Limit.SESSIONS)) {
            principal.ifPresent(principalSessions::giveBack);
            addressSessions.giveBack(party.address());
            return Optional.of(Limit.SESSIONS);
        }
        return Optional.empty();
    }

    void leave(Party party) {
        party.principal().ifPresent(principalSessions::giveBack);
        addressSessions.giveBack(party.address());
        sessions.giveBack(Limit.SESSIONS);
    }

    /// Takes a turn to read from Kafka, to be given back soon.
    ///
    /// @return why there is none, if there is none
    Optional<Limit> beginReplay(Party party) {
        var principal = party.principal();
        if (principal.isPresent() && !principalReplays.tryTake(principal.get())) {
            return Optional.of(Limit.PRINCIPAL_REPLAYS);
        }
        if (!addressReplays.tryTake(party.address())) {
            principal.ifPresent(principalReplays::giveBack);
            return Optional.of(Limit.ADDRESS_REPLAYS);
        }
        return Optional.empty();
    }

    void endReplay(Party party) {
        party.principal().ifPresent(principalReplays::giveBack);
        addressReplays.giveBack(party.address());
    }

    /// Somebody has to be sent away for it, or to wait.
    void refused(Limit limit) {
        metrics.refused(limit).increment();
    }
}
