/// The dispatcher as a process: its configuration, and its parts put together. Known by nobody.
@NullMarked
package dev.fanfare.webhook.app;

import org.jspecify.annotations.NullMarked;
