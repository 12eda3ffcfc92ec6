/// What goes over the wire, for all transports: event forms, notices, close and error codes. Knows `events` only.
@NullMarked
package dev.fanfare.gateway.protocol;

import org.jspecify.annotations.NullMarked;
