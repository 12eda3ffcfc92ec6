/// Kafka's clients with the settings that every app depends on.
@NullMarked
package dev.fanfare.service.kafka;

import org.jspecify.annotations.NullMarked;
