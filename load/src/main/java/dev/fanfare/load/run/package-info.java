/// One run from the first connect to the last check: the order of its phases, and its verdict.
@NullMarked
package dev.fanfare.load.run;

import org.jspecify.annotations.NullMarked;
