/// Kafka, in both directions of time: the feed that fills the logs, and the readers that fetch back what the logs no
/// longer have. Knows channels; knows no session.
@NullMarked
package dev.fanfare.gateway.ingest;

import org.jspecify.annotations.NullMarked;
