/// A call as a whole: what is sent, what came of it, and what follows from that.
@NullMarked
package dev.fanfare.webhook.dispatch;

import org.jspecify.annotations.NullMarked;
