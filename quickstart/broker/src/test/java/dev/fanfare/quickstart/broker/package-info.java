/// The embedded broker as its users meet it: through Kafka's own clients.
@NullMarked
package dev.fanfare.quickstart.broker;

import org.jspecify.annotations.NullMarked;
