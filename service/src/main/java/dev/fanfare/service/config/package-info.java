/// Configuration of an app: where values come from, how they are written, and what is told when one is wrong.
@NullMarked
package dev.fanfare.service.config;

import org.jspecify.annotations.NullMarked;
