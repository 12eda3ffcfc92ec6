/// One client from handshake to close: where it stands in the feed, and what moves it on. Knows channels and the wire
/// forms; knows no transport, no Kafka and no configuration source.
@NullMarked
package dev.fanfare.gateway.session;

import org.jspecify.annotations.NullMarked;
