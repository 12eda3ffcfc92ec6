/// The quickstart as a newcomer meets it: real processes, a real broker, real signals.
@NullMarked
package dev.fanfare.quickstart;

import org.jspecify.annotations.NullMarked;
