package dev.fanfare.service.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/// An entry as a JSON object on one line, in ASCII: `time`, `level`, `logger`, `thread`, `message`, the entry's
/// [LogField]s, and `error` with the stack trace. Thread-safe.
final class JsonLines extends Formatter {
    private static final List<String> OWN = List.of("time", "level", "logger", "thread", "message", "error");

    private final JsonFactory json =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    @Override
    public String format(LogRecord entry) {
        var line = new StringWriter();
        try (var out = json.createGenerator(line)) {
            out.writeStartObject();
            out.writeStringField("time", entry.getInstant().toString());
            out.writeStringField("level", level(entry.getLevel()));
            out.writeStringField("logger", entry.getLoggerName());
            out.writeStringField("thread", Thread.currentThread().getName());
            out.writeStringField("message", formatMessage(entry));
            fields(entry, out);
            if (entry.getThrown() != null) {
                out.writeStringField("error", trace(entry.getThrown()));
            }
            out.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return line + "\n";
    }

    private static void fields(LogRecord entry, JsonGenerator out) throws IOException {
        var written = new HashSet<>(OWN);
        var parameters = entry.getParameters();
        for (int i = 0; parameters != null && i < parameters.length; i++) {
            if (parameters[i] instanceof LogField(var name, var value) && written.add(name)) {
                out.writeFieldName(name);
                switch (value) {
                    case Integer number -> out.writeNumber(number);
                    case Long number -> out.writeNumber(number);
                    default -> out.writeString(value.toString());
                }
            }
        }
    }

    private static String trace(Throwable thrown) {
        var trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    private static String level(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return "error";
        } else if (value >= Level.WARNING.intValue()) {
            return "warning";
        }
        return value >= Level.INFO.intValue() ? "info" : "debug";
    }
}
