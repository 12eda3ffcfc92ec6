package dev.fanfare.load.publish;

/// What events come from.
public interface Source extends AutoCloseable {
    /// Sends what the schedule says, and returns once each event has been answered for. Called once.
    void run(Schedule schedule) throws InterruptedException;

    /// What became of the events that were sent so far.
    Acknowledgements acknowledgements();

    @Override
    void close();
}
