/// What becomes of an event on this node, as spans: see docs/operations.md. Absent where nothing is traced. Knows
/// events and their order, and not who delivers them.
@NullMarked
package dev.fanfare.gateway.trace;

import org.jspecify.annotations.NullMarked;
