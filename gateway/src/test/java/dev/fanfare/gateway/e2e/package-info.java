/// The gateway as its clients meet it: a real broker, real sockets, and a checker that knows what must have arrived.
@NullMarked
package dev.fanfare.gateway.e2e;

import org.jspecify.annotations.NullMarked;
