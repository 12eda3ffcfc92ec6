package dev.fanfare.webhook.api;

import dev.fanfare.service.access.Claims;
import dev.fanfare.service.access.Token;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.ingest.Tenants;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a token allows, by its scopes (RFC 8693 §4.2, RFC 9068 §2.2.3) and the tenants that it names.
final class Grants {
    private static final int OWNER_BYTES = 16;

    private final WebhookSettings.Access settings;

    Grants(WebhookSettings.Access settings) {
        this.settings = settings;
    }

    /// The one who has shown a token.
    ///
    /// @throws dev.fanfare.service.http.ProblemException with 403 if it is not good for what is needed
    Caller caller(Token token, Right needed) {
        var scopes = settings.claims().scope().stream()
                .flatMap(claim -> token.claims().texts(claim).stream())
                .collect(Collectors.toSet());
        if (scopes.contains(settings.scopes().operate())) {
            return new Caller(owner(token, "*"), Optional.empty());
        }
        if (enough(needed).stream().noneMatch(scopes::contains)) {
            throw Refusals.scope(enough(needed).getFirst(), settings.claims().scope());
        }
        var tenants = tenants(token.claims());
        if (tenants.isEmpty()) {
            throw Refusals.forbidden("the token names no tenant in its claim '%s': ask for one that does, with 1 to 128"
                            .formatted(settings.claims().tenant())
                    + " of A-Z a-z 0-9 . _ ~ : @ - each, or for the scope '%s'"
                            .formatted(settings.scopes().operate()));
        }
        return new Caller(owner(token, String.join(",", tenants)), Optional.of(tenants));
    }

    /// Who may manage sees what comes of it, and so may read.
    private List<String> enough(Right needed) {
        var scopes = settings.scopes();
        return switch (needed) {
            case READ -> List.of(scopes.read(), scopes.manage());
            case MANAGE -> List.of(scopes.manage());
        };
    }

    /// In their order. A text with blanks is no tenant, not several.
    private Set<String> tenants(Claims claims) {
        return claims.names(settings.claims().tenant()).stream()
                .filter(Tenants::isName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// The same for the next token of the same subject, but not if it is for other tenants: what was answered before
    /// may be one tenant's secret. Neither issuers nor tenants have line ends.
    private static String owner(Token token, String tenants) {
        var who = "idempotency\n%s\n%s\n%s".formatted(token.issuer(), tenants, token.subject());
        return HexFormat.of().formatHex(Access.hash(who), 0, OWNER_BYTES);
    }
}
