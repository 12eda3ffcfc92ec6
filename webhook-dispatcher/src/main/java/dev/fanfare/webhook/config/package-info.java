/// The dispatcher's settings as values. Knows nothing of where they come from.
@NullMarked
package dev.fanfare.webhook.config;

import org.jspecify.annotations.NullMarked;
