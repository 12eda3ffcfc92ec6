/// A run's outcome as numbers, a table and a line of JSON. Knows what loops and publishers have counted.
@NullMarked
package dev.fanfare.load.report;

import org.jspecify.annotations.NullMarked;
