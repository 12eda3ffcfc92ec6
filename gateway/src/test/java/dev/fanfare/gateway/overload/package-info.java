@NullMarked
package dev.fanfare.gateway.overload;

import org.jspecify.annotations.NullMarked;
