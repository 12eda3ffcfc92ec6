@NullMarked
package dev.fanfare.gateway.limits;

import org.jspecify.annotations.NullMarked;
