@NullMarked
package dev.fanfare.service.log;

import org.jspecify.annotations.NullMarked;
