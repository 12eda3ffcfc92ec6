/// The outcome as a page of HTML in one file. Knows `report` and `chart`.
@NullMarked
package dev.fanfare.load.page;

import org.jspecify.annotations.NullMarked;
