package dev.fanfare.load.bench;

import dev.fanfare.load.client.Transport;
import java.util.List;
import java.util.Optional;

/// A server of the comparison: how it is started, and what the load tool is told of it. Started at first need.
interface Contender extends AutoCloseable {
    /// As `--servers` and the table have it.
    String name();

    /// What it is, with its version.
    String description();

    /// What to install; empty: it is there.
    Optional<String> missing();

    /// Why it cannot do that; empty: it can.
    Optional<String> refuses(Load load);

    /// Returns when it serves; at once if it does.
    void start() throws InterruptedException;

    /// All of the load tool's command line.
    ///
    /// @param channel of all runs nobody has used this name before
    List<String> command(Load load, String channel);

    /// Of the server, with whatever it starts; empty: the load tool starts it.
    Optional<ProcessHandle> process();

    /// Before memory is looked at: what is only garbage goes.
    default void settle() {}

    /// The same with each event in a write of its own; empty: it has no such thing.
    default Optional<Contender> single() {
        return Optional.empty();
    }

    /// The same with TLS; empty: it is not compared.
    default Optional<Contender> secured() {
        return Optional.empty();
    }

    /// Ends the server; it may be started again.
    @Override
    default void close() {}

    static Optional<String> unless(boolean can, String why) {
        return can ? Optional.empty() : Optional.of(why);
    }

    static boolean streams(Transport transport) {
        return transport != Transport.POLL;
    }
}
