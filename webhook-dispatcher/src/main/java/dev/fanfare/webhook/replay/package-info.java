/// What needs Kafka once more: single events, and replays of a part of it for one endpoint. Implements ports of
/// `api`; knows the store, and of `ingest` how a record becomes a message.
@NullMarked
package dev.fanfare.webhook.replay;

import org.jspecify.annotations.NullMarked;
