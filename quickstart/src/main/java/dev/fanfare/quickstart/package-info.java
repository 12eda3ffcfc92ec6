/// `fanfare up`: a broker, a gateway and a demo publisher as separate processes, started, watched and stopped
/// together.
/// Knows the gateway by its jar, its configuration keys and its port only; knows none of its classes.
@NullMarked
package dev.fanfare.quickstart;

import org.jspecify.annotations.NullMarked;
