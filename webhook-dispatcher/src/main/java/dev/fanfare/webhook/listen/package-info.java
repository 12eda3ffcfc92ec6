/// `fanfare listen`: what a gateway sends is posted to a developer's own server as signed webhooks. It has no store and
/// no Kafka: a tool to develop receivers with, not a dispatcher.
@NullMarked
package dev.fanfare.webhook.listen;

import org.jspecify.annotations.NullMarked;
