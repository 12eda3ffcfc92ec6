package dev.fanfare.gateway.testing;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.gateway.config.AccessSettings.Anonymous;
import dev.fanfare.gateway.config.AccessSettings.Cookie;
import dev.fanfare.gateway.config.AccessSettings.Expiry;
import dev.fanfare.gateway.config.AccessSettings.Grants;
import dev.fanfare.gateway.config.AccessSettings.Revocations;
import dev.fanfare.gateway.config.AccessSettings.Tickets;
import dev.fanfare.service.access.IssuerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a test changes of the settings of access: the defaults otherwise, without skew and grace.
public final class Secured {
    public Anonymous anonymous = AccessSettings.DEFAULT.anonymous();
    public List<IssuerSettings> issuers = new ArrayList<>();
    public Duration clockSkew = Duration.ZERO;
    public Grants grants = AccessSettings.DEFAULT.grants();
    public boolean queryToken;
    public Cookie cookie = AccessSettings.DEFAULT.cookie();
    public Tickets tickets = AccessSettings.DEFAULT.tickets();
    public Expiry expiry = new Expiry(Duration.ofMinutes(1), Duration.ZERO);
    public Revocations revocations = AccessSettings.DEFAULT.revocations();

    public static Secured by(Issuer... issuers) {
        var secured = new Secured();
        Arrays.stream(issuers).map(Issuer::settings).forEach(secured.issuers::add);
        return secured;
    }

    public AccessSettings access() {
        var usual = AccessSettings.DEFAULT;
        return new AccessSettings(
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
