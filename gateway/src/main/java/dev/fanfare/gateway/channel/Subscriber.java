package dev.fanfare.gateway.channel;

/// Somebody who is to be told that a log has something new.
public interface Subscriber {
    /// There may be something new. Called by the [Signaller]'s threads, several of them at once; must not block, but
    /// may do what can be done without.
    void signal();
}
