package dev.fanfare.webhook.api;

/// What a route asks of a token.
enum Right {
    /// To see endpoints and deliveries.
    READ,
    /// To change them, and to have something sent.
    MANAGE
}
