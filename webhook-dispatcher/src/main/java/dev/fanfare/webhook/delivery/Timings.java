package dev.fanfare.webhook.delivery;

/// Where a call's time went, in milliseconds each; -1 for a step that did not happen, such as connecting where a pooled
/// connection was used.
public record Timings(int dns, int connect, int tls, int firstByte, int total) {
    public static final Timings NONE = new Timings(-1, -1, -1, -1, 0);
}
