/// What operators see: metrics with their names in one place, and health. Reads counters; counts nothing itself.
@NullMarked
package dev.fanfare.webhook.observe;

import org.jspecify.annotations.NullMarked;
