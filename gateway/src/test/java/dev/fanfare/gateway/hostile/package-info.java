/// What hostile clients try, against a gateway with a real broker: each attack leaves it up, its other clients unharmed
/// and its memory as it was. `docs/security.md` says which threat is tried where.
@NullMarked
package dev.fanfare.gateway.hostile;

import org.jspecify.annotations.NullMarked;
