/// How a run is shown while it goes on, and kept for other tools. Knows `watch` and the records of `report`.
@NullMarked
package dev.fanfare.load.view;

import org.jspecify.annotations.NullMarked;
