/// Samples of clients in Java, each in one file, to be copied.
@NullUnmarked
package dev.fanfare.samples;

import org.jspecify.annotations.NullUnmarked;
