/// What tests over real sockets share: a broker, a gateway in this JVM, and clients that see every byte.
@NullMarked
package dev.fanfare.gateway.testing;

import org.jspecify.annotations.NullMarked;
