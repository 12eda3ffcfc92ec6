package dev.fanfare.service.log;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Entries of what should not have happened, with what they are about and where it happened: the JDK's own interface
/// takes one of the two.
public final class Faults {
    private Faults() {}

    /// Logs an error.
    ///
    /// @param where whose log it is
    /// @param message with `{0}` and so on for the fields
    public static void log(Class<?> where, Throwable fault, String message, LogField... about) {
        var logger = Logger.getLogger(where.getName());
        var entry = new LogRecord(Level.SEVERE, message);
        entry.setLoggerName(logger.getName());
        entry.setParameters(about);
        entry.setThrown(fault);
        logger.log(entry);
    }
}
