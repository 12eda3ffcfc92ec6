@NullMarked
package dev.fanfare.service.access;

import org.jspecify.annotations.NullMarked;
