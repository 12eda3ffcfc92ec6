/// What the gateway does without when it is asked for more than it can do: measures, and the level that follows from
/// them. Knows nobody who has to act on the level; they are told.
@NullMarked
package dev.fanfare.gateway.overload;

import org.jspecify.annotations.NullMarked;
