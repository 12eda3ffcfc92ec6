package dev.fanfare.load.plan;

/// What is asked of all nodes together.
///
/// @param events records a second on all topics
/// @param readShare which part of them each node reads, from 0 to 1
/// @param perClient events that one client gets in a second
/// @param bytes of an event's data
/// @param perWrite events that a client gets in one write, 1 unless they come faster than writes are made
/// @param heartbeatSeconds between two heartbeats to one client
public record Demand(
        long clients,
        double events,
        double readShare,
        double perClient,
        int bytes,
        double perWrite,
        double heartbeatSeconds) {
    double deliveries() {
        return clients * perClient;
    }

    /// Records that one node reads in a second.
    double recordsPerNode() {
        return events * readShare;
    }
}
