package dev.fanfare.gateway.publish;

/// What became of one event. A value and not an exception, because a cache of futures logs each one that fails.
sealed interface Attempt {
    record Written(Receipt receipt) implements Attempt {}

    /// Not written, as far as is known.
    ///
    /// @param cause Kafka's own, or that of the earlier event because of which this one was not tried
    record Failed(Exception cause) implements Attempt {}
}
