package dev.fanfare.gateway.hostile;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// What is logged in this JVM, from now on: by the gateway everything, by others what an operator sees.
final class LogWatch implements AutoCloseable {
    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger OURS = Logger.getLogger("dev.fanfare");

    private final Queue<LogRecord> logged = new ConcurrentLinkedQueue<>();
    private final Level before = OURS.getLevel();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord record) {
            logged.add(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    LogWatch() {
        ROOT.addHandler(handler);
        OURS.setLevel(Level.ALL);
    }

    /// The entries, as they are written.
    List<String> entries() {
        var formatter = new SimpleFormatter();
        return logged.stream().map(formatter::format).toList();
    }

    /// Those that tell an operator of trouble, but not Kafka's own.
    List<String> troubles() {
        var formatter = new SimpleFormatter();
        return logged.stream()
                .filter(record -> record.getLevel().intValue() >= Level.WARNING.intValue())
                .filter(record -> !String.valueOf(record.getLoggerName()).startsWith("org.apache.kafka"))
                .map(formatter::format)
                .toList();
    }

    @Override
    public void close() {
        OURS.setLevel(before);
        ROOT.removeHandler(handler);
    }
}
