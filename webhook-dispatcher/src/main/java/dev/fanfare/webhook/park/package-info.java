/// What waits in the store: who parks there, what must wait behind it, and when it is tried again.
@NullMarked
package dev.fanfare.webhook.park;

import org.jspecify.annotations.NullMarked;
