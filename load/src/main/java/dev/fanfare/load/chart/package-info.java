/// Line charts as SVG. Knows nothing else of this program.
@NullMarked
package dev.fanfare.load.chart;

import org.jspecify.annotations.NullMarked;
