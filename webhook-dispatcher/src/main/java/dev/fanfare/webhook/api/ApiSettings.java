package dev.fanfare.webhook.api;

import dev.fanfare.webhook.config.WebhookSettings;
import java.util.Optional;

/// How the API is served.
///
/// @param token that is good for everything; without it and without issuers anybody may use the API
/// @param access whose other tokens are taken, and what they allow
/// @param portal the pages' sessions
/// @param bodyMax bytes of a request's body at most
public record ApiSettings(
        Optional<String> token, WebhookSettings.Access access, WebhookSettings.Portal portal, int bodyMax) {
    public static final int BODY_MAX = 256 * 1024;

    /// Without the token.
    @Override
    public String toString() {
        return "ApiSettings[token " + (token.isPresent() ? "set" : "not set") + ", bodyMax=" + bodyMax + "]";
    }
}
