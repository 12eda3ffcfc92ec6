package dev.fanfare.gateway.publish;

/// Where an event was written. Kafka has acknowledged it on all in-sync replicas.
///
/// @param id the CloudEvent's `id`, or `topic/partition/offset` for a plain record
public record Receipt(String id, String topic, int partition, long offset) {}
