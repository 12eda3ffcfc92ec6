/// Sockets that never block, the threads that serve them, and bytes: what sessions and receivers have in common. Knows
/// no protocol beyond the frames of HTTP/1.1 bodies.
@NullMarked
package dev.fanfare.load.wire;

import org.jspecify.annotations.NullMarked;
