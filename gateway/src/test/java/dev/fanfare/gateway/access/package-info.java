@NullMarked
package dev.fanfare.gateway.access;

import org.jspecify.annotations.NullMarked;
