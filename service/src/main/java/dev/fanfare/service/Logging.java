package dev.fanfare.service;

import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/// `java.util.logging` as the apps want it where the operator has not configured it: one line an entry, Kafka's
/// clients at warnings, and still there while an app stops.
public final class Logging {
    private static final String FORMAT = "%1$tFT%1$tT.%1$tL%1$tz %4$-7s %3$s %5$s%6$s%n";

    private Logging() {}

    /// To be called before anything logs.
    public static void configure() {
        setUnlessSet("java.util.logging.manager", Manager.class.getName());
        setUnlessSet("java.util.logging.SimpleFormatter.format", FORMAT);
        if (System.getProperty("java.util.logging.config.file") == null) {
            KafkaLevel.set();
        }
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /// Goes on logging while the JVM stops: the JDK's own is reset by then, when there is still something to say.
    /// Apart,
    /// because to load it initialises the JDK's logging.
    public static final class Manager extends LogManager {
        /// Called by the JDK.
        public Manager() {}

        @Override
        public void reset() {}
    }

    /// Apart, so that no logger is made before the manager is set.
    private static final class KafkaLevel {
        private static final Logger KAFKA = Logger.getLogger("org.apache.kafka"); // held, or its level is lost
        private static final Logger CONNECTING = Logger.getLogger("org.apache.kafka.clients.NetworkClient");

        static void set() {
            KAFKA.setLevel(Level.WARNING);
            CONNECTING.setLevel(Level.SEVERE); // would repeat every try; the app says once that Kafka is away
        }
    }
}
