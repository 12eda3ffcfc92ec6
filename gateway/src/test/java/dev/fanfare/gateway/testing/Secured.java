package dev.fanfare.gateway.testing;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.GatewaySettings.Access;
import dev.fanfare.gateway.config.GatewaySettings.Anonymous;
import dev.fanfare.gateway.config.GatewaySettings.Cookie;
import dev.fanfare.gateway.config.GatewaySettings.Expiry;
import dev.fanfare.gateway.config.GatewaySettings.Grants;
import dev.fanfare.gateway.config.GatewaySettings.Revocations;
import dev.fanfare.gateway.config.GatewaySettings.Tickets;
import dev.fanfare.service.access.IssuerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a test changes of the settings of access: the defaults otherwise, without skew and grace.
public final class Secured {
    public Anonymous anonymous = Access.DEFAULT.anonymous();
    public List<IssuerSettings> issuers = new ArrayList<>();
    public Duration clockSkew = Duration.ZERO;
    public Grants grants = Access.DEFAULT.grants();
    public boolean queryToken;
    public Cookie cookie = Access.DEFAULT.cookie();
    public Tickets tickets = Access.DEFAULT.tickets();
    public Expiry expiry = new Expiry(Duration.ofMinutes(1), Duration.ZERO);
    public Revocations revocations = Access.DEFAULT.revocations();

    public static Secured by(Issuer... issuers) {
        var secured = new Secured();
        Arrays.stream(issuers).map(Issuer::settings).forEach(secured.issuers::add);
        return secured;
    }

    public Access access() {
        var usual = Access.DEFAULT;
        return new Access(
                anonymous,
                issuers,
                clockSkew,
                usual.claims(),
                grants,
                queryToken,
                cookie,
                tickets,
                expiry,
                revocations,
                usual.managementScope(),
                usual.operatorScope());
    }

    public static List<ChannelPattern> patterns(String... texts) {
        return Arrays.stream(texts).map(ChannelPattern::parse).toList();
    }
}
