package dev.fanfare.gateway.cluster;

/// What this node says of itself as a whole.
///
/// @param version of the software
/// @param startedAtMillis since 1970
/// @param ready whether load balancers are to send clients
/// @param feedLag records between the feed and what Kafka has
/// @param overloadLevel 0: nothing is left out
/// @param eventsIn records that were read
public record Node(
        String version,
        long startedAtMillis,
        boolean ready,
        boolean kafkaReachable,
        long feedLag,
        int overloadLevel,
        long eventsIn) {}
