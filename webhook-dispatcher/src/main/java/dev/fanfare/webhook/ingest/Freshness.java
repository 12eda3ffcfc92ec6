package dev.fanfare.webhook.ingest;

/// Brings the registry up to date with the store.
@FunctionalInterface
public interface Freshness {
    /// Blocks.
    ///
    /// @return the store's version, which the registry has reached
    /// @throws RuntimeException while the store is away
    long refresh();
}
