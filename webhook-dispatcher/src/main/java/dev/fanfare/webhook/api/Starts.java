package dev.fanfare.webhook.api;

import java.util.List;

/// How far the events of the topics are settled.
@FunctionalInterface
public interface Starts {
    /// One partition's.
    ///
    /// @param offset events before it are settled: a new endpoint does not get them
    record Start(String topic, int partition, long offset) {}

    /// Of all partitions that are known; empty if nothing is known. May block for a short while.
    List<Start> read();
}
