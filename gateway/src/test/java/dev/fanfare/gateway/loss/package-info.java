/// What becomes of clients that vanish, and of those that read slowly or not at all: with real packets, some of them
/// dropped, against a whole gateway and a real broker.
@NullMarked
package dev.fanfare.gateway.loss;

import org.jspecify.annotations.NullMarked;
