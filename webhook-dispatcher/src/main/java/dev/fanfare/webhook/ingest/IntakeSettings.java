package dev.fanfare.webhook.ingest;

import java.time.Duration;

/// How much is in hand at a time. A partition pauses at whatever is reached first.
///
/// @param group Kafka's consumer group
/// @param events of a partition between read and committed
/// @param deliveries of a partition that are not settled
/// @param bytes of these events, for all partitions together
/// @param commitEvery how often settled events are committed at the latest
public record IntakeSettings(String group, int events, int deliveries, long bytes, Duration commitEvery) {}
