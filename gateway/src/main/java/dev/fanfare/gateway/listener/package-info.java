/// The listening socket and its connections: none of them costs a thread or a buffer while it has nothing to say.
/// Knows Helidon's connections, and nothing of what they carry.
@NullMarked
package dev.fanfare.gateway.listener;

import org.jspecify.annotations.NullMarked;
