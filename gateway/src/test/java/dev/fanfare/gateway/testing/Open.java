package dev.fanfare.gateway.testing;

import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.access.Origins;
import dev.fanfare.gateway.access.Revocations;
import dev.fanfare.gateway.access.Tickets;
import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.gateway.config.AccessSettings.Anonymous;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.limits.Limits;
import dev.fanfare.gateway.limits.Proxies;
import dev.fanfare.service.access.TokenVerifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/// Access for anybody to everything, for tests that are about something else.
public final class Open {
    private Open() {}

    public static AccessSettings access() {
        var open = new Secured();
        open.anonymous = new Anonymous(Secured.patterns("**"), Secured.patterns("**"));
        return open.access();
    }

    /// No limits, for many clients of one address.
    public static GatewaySettings.Limits limits() {
        return new GatewaySettings.Limits(
                0,
                0,
                0,
                GatewaySettings.Limits.DEFAULT.unwrittenBytes(),
                new GatewaySettings.PerAddress(0, 0, 0, 0, 0, 0, 0),
                new GatewaySettings.PerPrincipal(0, 0, 0, 0, 0));
    }

    public static Limits noLimits() {
        return new Limits(limits(), new Proxies(List.of(), "X-Forwarded-For"), () -> 1000, System::nanoTime);
    }

    public static Gate gate() {
        var clock = InstantSource.system();
        return new Gate(
                access(),
                new Origins(List.of(), false, false),
                new TokenVerifier(List.of(), Duration.ZERO, clock),
                new Tickets(new byte[32], Duration.ofSeconds(30), clock),
                Revocations.NONE,
                clock);
    }
}
