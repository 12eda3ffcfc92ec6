package dev.fanfare.webhook.app;

import static java.time.Duration.ofMinutes;

import dev.fanfare.service.config.IssuersReader;
import dev.fanfare.service.config.Values;
import dev.fanfare.webhook.config.WebhookSettings.Access;
import dev.fanfare.webhook.config.WebhookSettings.Claims;
import dev.fanfare.webhook.config.WebhookSettings.Scopes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads everything under `access`.
final class AccessReader {
    private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5b\\x5d-\\x7e]+"); // RFC 6749 §3.3

    private final Values values;

    AccessReader(Values values) {
        this.values = values;
    }

    Access read() {
        var standard = Access.DEFAULT;
        return new Access(
                new IssuersReader(values).read(),
                values.duration("access.clock-skew", standard.clockSkew(), Duration.ZERO, ofMinutes(5)),
                claims(standard.claims()),
                scopes(standard.scopes()));
    }

    private Claims claims(Claims standard) {
        List<String> scope = values.list("access.claims.scope", "the name of a claim", Optional::of);
        return new Claims(
                values.text("access.claims.tenant", standard.tenant()), scope.isEmpty() ? standard.scope() : scope);
    }

    private Scopes scopes(Scopes standard) {
        var used = new HashSet<String>();
        return new Scopes(
                scope("access.scopes.read", standard.read(), used),
                scope("access.scopes.manage", standard.manage(), used),
                scope("access.scopes.operate", standard.operate(), used));
    }

    /// @param used those that have another meaning
    private String scope(String key, String standard, Set<String> used) {
        var scope = values.text(key, standard);
        if (!SCOPE.matcher(scope).matches()) {
            values.refuse(key, standard, "it must be one scope, of visible ASCII without quotes and backslashes");
        } else if (!used.add(scope)) {
            values.refuse(key, standard, "another of access.scopes is the same: each must be one of its own");
        }
        return scope;
    }
}
