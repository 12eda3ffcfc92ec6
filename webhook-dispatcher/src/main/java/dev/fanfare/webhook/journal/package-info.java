/// What has to be on record before an event counts as settled. Says what is written, not where.
@NullMarked
package dev.fanfare.webhook.journal;

import org.jspecify.annotations.NullMarked;
