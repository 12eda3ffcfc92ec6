/// The log: one line an entry, whatever is in it, as text or as JSON. Goes on from the JDK's own logging.
@NullMarked
package dev.fanfare.service.log;

import org.jspecify.annotations.NullMarked;
