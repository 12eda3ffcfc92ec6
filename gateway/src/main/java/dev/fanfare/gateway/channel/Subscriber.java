package dev.fanfare.gateway.channel;

/// Somebody who reads logs.
public interface Subscriber {
    /// There may be something new in one of your logs. Called by a signalling thread, often: must not block.
    void signal();
}
