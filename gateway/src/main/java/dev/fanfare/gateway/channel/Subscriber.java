package dev.fanfare.gateway.channel;

/// Somebody who is to be told that a log has something new.
public interface Subscriber {
    /// There may be something new. Called by the [Signaller]'s threads, several of them at once; must not block, but
    /// may do what can be done without.
    void signal();

    /// Reads what [#signal] is going to need, and does nothing with it. Called for several subscribers before
    /// they are signalled: the processor then fetches the memory of all of them at once, instead of each when
    /// it is its turn. Of a session one place in each object is enough.
    ///
    /// @return anything, so that the compiler does not leave it out
    default int approach() {
        return 0;
    }
}
