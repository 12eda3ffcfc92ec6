package dev.fanfare.gateway.testing;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.access.Revocations;
import dev.fanfare.gateway.access.Tickets;
import dev.fanfare.gateway.config.GatewaySettings.Access;
import dev.fanfare.gateway.config.GatewaySettings.Anonymous;
import dev.fanfare.service.access.TokenVerifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/// Access for anybody to everything, for tests that are about something else.
public final class Open {
    private Open() {}

    public static Access access() {
        var all = List.of(ChannelPattern.parse("**"));
        var usual = Access.DEFAULT;
        return new Access(
                new Anonymous(all, all),
                usual.issuers(),
                usual.clockSkew(),
                usual.claims(),
                usual.grants(),
                usual.queryToken(),
                usual.cookie(),
                usual.tickets(),
                usual.expiry(),
                usual.revocations(),
                usual.managementScope());
    }

    public static Gate gate() {
        var clock = InstantSource.system();
        return new Gate(
                access(),
                new TokenVerifier(List.of(), Duration.ZERO, clock),
                new Tickets(new byte[32], Duration.ofSeconds(30), clock),
                Revocations.NONE,
                clock);
    }
}
