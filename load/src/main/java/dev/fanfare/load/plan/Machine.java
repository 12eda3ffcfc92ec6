package dev.fanfare.load.plan;

/// What one node has, and how much of it is to be used.
///
/// @param memoryMib for the gateway's process
/// @param gigabits a second, each way
/// @param connectionsMax as `server.connections-max`
/// @param fullness the part of CPU, memory and network that may be taken in the usual case
public record Machine(double cpus, double memoryMib, double gigabits, long connectionsMax, double fullness) {
    private static final double BASE_MIB = 400; // the JVM, log.bytes, replay.cache-bytes

    double memoryForClientsMib() {
        return memoryMib * fullness - BASE_MIB;
    }

    double bytesPerSecond() {
        return gigabits * 1e9 / 8 * fullness;
    }
}
