/// What makes each delivery checkable: the marker in an event's data, and the sequence of a session and channel.
/// Knows no sockets.
@NullMarked
package dev.fanfare.load.check;

import org.jspecify.annotations.NullMarked;
