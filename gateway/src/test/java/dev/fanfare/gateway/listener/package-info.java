@NullMarked
package dev.fanfare.gateway.listener;

import org.jspecify.annotations.NullMarked;
