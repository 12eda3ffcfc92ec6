/// How much of this node one client may have: places, rates and turns, per address, per principal and in all. Knows
/// who a client is, and no session and no transport.
@NullMarked
package dev.fanfare.gateway.limits;

import org.jspecify.annotations.NullMarked;
