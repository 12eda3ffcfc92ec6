/// The feed's total order and the in-memory logs of recent events, per channel and per pattern. Knows events and how
/// they are encoded; knows neither Kafka's consumers nor sessions, which it sees as [Subscriber]s.
@NullMarked
package dev.fanfare.gateway.channel;

import org.jspecify.annotations.NullMarked;
