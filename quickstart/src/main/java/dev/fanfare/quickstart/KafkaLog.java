package dev.fanfare.quickstart;

import java.util.logging.Level;
import java.util.logging.Logger;

/// How much Kafka's clients say: they would print every setting they have at each start.
final class KafkaLog {
    // held, for a logger that nobody holds forgets its level
    private static final Logger LOGGER = Logger.getLogger("org.apache.kafka");

    private KafkaLog() {}

    static void limit(Level level) {
        LOGGER.setLevel(level);
    }
}
