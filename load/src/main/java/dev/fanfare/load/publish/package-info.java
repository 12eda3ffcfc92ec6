/// Where events come from, each at its scheduled time: Kafka, HTTP, or a bare loop of sockets. Knows `check`;
/// knows no sessions.
@NullMarked
package dev.fanfare.load.publish;

import org.jspecify.annotations.NullMarked;
