package dev.fanfare.gateway.publish;

import java.util.function.Consumer;

/// Where events are written to.
interface EventWriter extends AutoCloseable {
    /// Takes the event. May block, for a bounded time; never throws.
    ///
    /// @param outcome called exactly once, on any thread, within a bounded time
    void send(Outgoing event, Consumer<Attempt> outcome);

    @Override
    void close();
}
