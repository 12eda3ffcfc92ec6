/// WebSocket (RFC 6455, RFC 7692) on Tyrus's protocol engine, behind Helidon's HTTP/1.1 upgrade SPI. Knows
/// Helidon, Tyrus and `protocol`'s errors; knows nothing of sessions, channels or Kafka. After the 101 nothing
/// here writes to the socket: what the protocol owes the peer is handed to the connection's one writer as whole
/// frames.
@NullMarked
package dev.fanfare.gateway.websocket;

import org.jspecify.annotations.NullMarked;
