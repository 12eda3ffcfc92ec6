package dev.fanfare.load.report;

import java.util.List;

/// A run second by second, from before the first session connects until nothing is waited for any more.
///
/// @param fromMicros when the measured time begins, in microseconds since 1970
/// @param toMicros when it is over
public record TimeLine(long fromMicros, long toMicros, List<Second> seconds) {
    public TimeLine {
        seconds = List.copyOf(seconds);
    }
}
