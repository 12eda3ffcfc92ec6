package dev.fanfare.load.watch;

import dev.fanfare.load.report.Second;
import java.util.Map;
import org.HdrHistogram.Histogram;

/// Who is told how a run goes on. Called by several threads.
public interface Listener extends AutoCloseable {
    /// Something that happens once.
    void say(String line);

    /// Another second is over.
    ///
    /// @param measured latencies of measured events in it, by label, in microseconds; to be read, and not kept
    void second(Moment moment, Second second, Map<String, Histogram> measured);

    /// The run is over, and the outcome comes.
    @Override
    default void close() {}
}
