/// The management API over HTTP: endpoints, their secrets, deliveries, and what an operator may ask for, each for those
/// who may. Knows the store and what checks addresses, secrets and tokens; what needs Kafka it asks of its ports,
/// [Replays], [Events] and [Starts].
@NullMarked
package dev.fanfare.webhook.api;

import org.jspecify.annotations.NullMarked;
