/// The event model that gateway and dispatcher share: what a Kafka record means, which channels it goes to, and
/// how a
/// position in the feed is written down as a cursor. Knows Kafka's record types; knows no server and no client.
@NullMarked
package dev.fanfare.events;

import org.jspecify.annotations.NullMarked;
