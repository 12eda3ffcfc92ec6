package dev.fanfare.service.log;

import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/// `java.util.logging` as the apps want it where the operator has not configured it: one line an entry, Kafka's
/// clients at warnings, and still there while an app stops.
public final class Logging {
    private Logging() {}

    /// To be called before anything logs: text, until [#format] says otherwise.
    public static void configure() {
        if (System.getProperty("java.util.logging.manager") == null) {
            System.setProperty("java.util.logging.manager", Manager.class.getName());
        }
        if (System.getProperty("java.util.logging.config.file") == null) {
            KafkaLevel.set();
            if (System.getProperty("java.util.logging.SimpleFormatter.format") == null) {
                Handlers.use(new TextLines());
            }
        }
    }

    /// From now on entries are written so. What the operator has configured for text stays.
    public static void format(LogFormat format) {
        if (format == LogFormat.JSON) {
            Handlers.use(new JsonLines());
        }
    }

    /// Goes on logging while the JVM stops: the JDK's own is reset by then, when there is still something to say.
    /// Apart, because to load it initialises the JDK's logging.
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

    /// Apart, as well.
    private static final class Handlers {
        static void use(Formatter formatter) {
            for (var handler : Logger.getLogger("").getHandlers()) {
                handler.setFormatter(formatter);
            }
        }
    }
}
