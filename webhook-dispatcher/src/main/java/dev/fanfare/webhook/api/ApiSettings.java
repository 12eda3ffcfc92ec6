package dev.fanfare.webhook.api;

import java.util.Optional;

/// How the API is served.
///
/// @param token that requests have to carry; empty: anybody who reaches the port may use the API
/// @param bodyMax bytes of a request's body at most
public record ApiSettings(Optional<String> token, int bodyMax) {
    public static final int BODY_MAX = 256 * 1024;

    /// Without the token.
    @Override
    public String toString() {
        return "ApiSettings[token " + (token.isPresent() ? "set" : "not set") + ", bodyMax=" + bodyMax + "]";
    }
}
