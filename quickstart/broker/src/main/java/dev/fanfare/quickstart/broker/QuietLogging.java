package dev.fanfare.quickstart.broker;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/// Keeps a broker from talking about its work: Kafka logs through SLF4J to `java.util.logging`, and its loggers,
/// clients
/// included, are held at WARNING or above (or whatever they were set to) for as long as this JVM lives.
final class QuietLogging {
    private static final List<Logger> LOUD = List.of(
            Logger.getLogger("kafka"), Logger.getLogger("org.apache.kafka"), Logger.getLogger("state.change.logger"));
    /// These warn about what is normal here: a new cluster, a closed broker, two clients of one name, a broker away,
    /// offsets asked for without an assignment.
    private static final List<Logger> LOUDER = List.of(
            Logger.getLogger("org.apache.kafka.common.utils.AppInfoParser"),
            Logger.getLogger("org.apache.kafka.controller.QuorumController"),
            Logger.getLogger("org.apache.kafka.clients.NetworkClient"),
            Logger.getLogger("org.apache.kafka.clients.consumer.internals.OffsetFetcherUtils"));

    private static boolean installed;

    private QuietLogging() {}

    static synchronized void install() {
        if (!installed) {
            installed = true;
            // others may read a logging configuration later, which forgets all levels
            LogManager.getLogManager().addConfigurationListener(QuietLogging::quieten);
            quieten();
        }
    }

    private static void quieten() {
        LOUD.forEach(logger -> limit(logger, Level.WARNING));
        LOUDER.forEach(logger -> limit(logger, Level.SEVERE));
    }

    private static void limit(Logger logger, Level level) {
        if (logger.getLevel() == null) {
            logger.setLevel(level);
        }
    }
}
