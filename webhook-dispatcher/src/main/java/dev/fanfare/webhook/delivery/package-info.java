/// What is delivered, and what came of trying: messages, deliveries, attempts, reasons. Knows no endpoint's
/// settings, no store and no network.
@NullMarked
package dev.fanfare.webhook.delivery;

import org.jspecify.annotations.NullMarked;
