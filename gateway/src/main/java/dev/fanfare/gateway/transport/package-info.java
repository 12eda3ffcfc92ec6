/// The wires: how a session's bytes reach a client over SSE and long-poll, how a client says what it wants, and how a
/// connection is taken from the HTTP server. Knows nothing about channels' insides.
@NullMarked
package dev.fanfare.gateway.transport;

import org.jspecify.annotations.NullMarked;
