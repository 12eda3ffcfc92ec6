/// What goes back to Kafka: dead letters and operational events.
@NullMarked
package dev.fanfare.webhook.publish;

import org.jspecify.annotations.NullMarked;
