package dev.fanfare.service.log;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/// An entry as a line of text; a stack trace follows in lines of its own, which begin with a blank. Nothing that comes
/// from outside can begin a line, or tell a terminal anything: see [#printable]. Thread-safe.
final class TextLines extends Formatter {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ", Locale.ROOT)
            .withZone(ZoneId.systemDefault());
    private static final int CAUSES_MAX = 10;

    @Override
    public String format(LogRecord entry) {
        var line = new StringBuilder();
        TIME.formatTo(entry.getInstant(), line);
        line.append(' ').append(entry.getLevel().getName());
        while (line.length() < 36) { // a time and the longest level
            line.append(' ');
        }
        line.append(' ').append(entry.getLoggerName()).append(' ').append(printable(formatMessage(entry)));
        line.append('\n');
        trace(entry.getThrown(), line);
        return line.toString();
    }

    private static void trace(Throwable thrown, StringBuilder into) {
        var cause = thrown;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            into.append(depth == 0 ? " " : " caused by ")
                    .append(printable(cause.toString()))
                    .append('\n');
            for (var frame : cause.getStackTrace()) {
                into.append("   at ").append(frame).append('\n');
            }
            for (var other : cause.getSuppressed()) {
                into.append("   suppressed ")
                        .append(printable(other.toString()))
                        .append('\n');
            }
            cause = cause.getCause();
        }
    }

    /// Escapes ends of lines and other control characters, and those that have no shape but change how others are shown
    /// (Unicode's categories Cc, Cf, Zl, Zp, Cs).
    static String printable(String text) {
        if (text.chars().allMatch(TextLines::isPrintable)) {
            return text;
        }
        var escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                escaped.append(c).append(text.charAt(++i));
            } else if (isPrintable(c)) {
                escaped.append(c);
            } else {
                escaped.append("\\u%04x".formatted((int) c));
            }
        }
        return escaped.toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
