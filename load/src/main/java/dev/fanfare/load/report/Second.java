package dev.fanfare.load.report;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What was seen in about one second of a run.
///
/// @param endMicros when it ended, in microseconds since 1970
/// @param seconds how long it was
/// @param deliveries that have come, also of events that are not measured
/// @param published events that were acknowledged
/// @param open sessions at its end
/// @param errors from the beginning of the run until its end
/// @param latency of these deliveries
/// @param loopCpu the share of a CPU that the busiest loop has taken
/// @param processCpu CPUs that the tool has taken
/// @param serverCpu CPUs that the server's process has taken, if it is looked at
/// @param serverKilobytes what that held resident at the end
public record Second(
        long endMicros,
        double seconds,
        long deliveries,
        long published,
        int open,
        long errors,
        Latency latency,
        double loopCpu,
        double processCpu,
        OptionalDouble serverCpu,
        OptionalLong serverKilobytes) {

    public double deliveriesPerSecond() {
        return deliveries / seconds;
    }

    public double publishedPerSecond() {
        return published / seconds;
    }

    Second withoutServer() {
        return new Second(
                endMicros,
                seconds,
                deliveries,
                published,
                open,
                errors,
                latency,
                loopCpu,
                processCpu,
                OptionalDouble.empty(),
                OptionalLong.empty());
    }

    /// Both as one, `next` being the one that follows.
    public Second then(Second next) {
        double all = seconds + next.seconds;
        return new Second(
                next.endMicros,
                all,
                deliveries + next.deliveries,
                published + next.published,
                next.open,
                next.errors,
                latency.plus(next.latency),
                (loopCpu * seconds + next.loopCpu * next.seconds) / all,
                (processCpu * seconds + next.processCpu * next.seconds) / all,
                serverCpu.isPresent() && next.serverCpu.isPresent()
                        ? OptionalDouble.of(
                                (serverCpu.getAsDouble() * seconds + next.serverCpu.getAsDouble() * next.seconds) / all)
                        : serverCpu,
                next.serverKilobytes.isPresent() ? next.serverKilobytes : serverKilobytes);
    }
}
