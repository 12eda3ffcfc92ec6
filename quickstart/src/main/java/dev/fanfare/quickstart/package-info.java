/// `fanfare up`: a broker, a demo publisher, a gateway, a webhook dispatcher and a receiver as separate processes,
/// started, watched and stopped together. Knows gateway and dispatcher by their jars, their configuration keys and
/// their ports only; knows none of their classes.
@NullMarked
package dev.fanfare.quickstart;

import org.jspecify.annotations.NullMarked;
