package dev.fanfare.service.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One line an entry, whatever is in it.
class LinesTest {
    private static LogRecord entry(String message, Object... parameters) {
        var entry = new LogRecord(Level.WARNING, message);
        entry.setLoggerName("a.B");
        entry.setParameters(parameters);
        return entry;
    }

    private static Map<String, String> json(LogRecord entry) throws IOException {
        var line = new JsonLines().format(entry);
        assertThat(line).endsWith("}\n").matches("[ -~]+\n");
        var members = new LinkedHashMap<String, String>();
        try (var parser = new JsonFactory().createParser(line)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                var name = parser.currentName();
                boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
                members.put(name, text ? parser.getText() : "#" + parser.getText());
            }
            assertThat(parser.currentToken()).isEqualTo(JsonToken.END_OBJECT);
        }
        return members;
    }

    @Test
    void fieldsAreInTheMessageAndMembersOfTheirOwn() throws IOException {
        var entry = entry(
                "session {0} got {1} events from {2}",
                new LogField("session", "s-1"), new LogField("events", 12_345L), "nobody");
        assertThat(json(entry))
                .containsEntry("level", "warning")
                .containsEntry("logger", "a.B")
                .containsEntry("message", "session s-1 got 12345 events from nobody")
                .containsEntry("session", "s-1")
                .containsEntry("events", "#12345")
                .containsOnlyKeys("time", "level", "logger", "thread", "message", "session", "events");
        assertThat(new TextLines().format(entry))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d{4} WARNING a\\.B "
                        + "session s-1 got 12345 events from nobody\n");
    }

    @Test
    void aFieldDoesNotTakeTheNameOfAnEntrysOwn() throws IOException {
        assertThat(json(entry("said", new LogField("level", "info"), new LogField("x", "1"), new LogField("x", "2"))))
                .containsEntry("level", "warning")
                .containsEntry("x", "1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\n2026-01-01T00:00:00.000+0000 INFO forged",
                "a\r\nforged",
                "a\u0085forged",
                "a\u2028forged\u2029",
                "\u001b[2Jx\u0000",
                "\u202edegrof",
                "\ud800",
                "\",\"level\":\"info"
            })
    void nothingMakesALineOfItsOwn(String evil) throws IOException {
        var entry = entry("it says {0}", new LogField("id", evil));
        entry.setThrown(new IllegalStateException(evil, new IOException(evil)));
        assertThat(json(entry)).containsEntry("level", "warning").containsKeys("error", "id");
        var lines = new TextLines().format(entry).split("\\R", -1);
        assertThat(lines[0]).contains("a.B it says ");
        assertThat(lines[lines.length - 1]).isEmpty();
        for (int i = 1; i < lines.length - 1; i++) {
            assertThat(lines[i]).startsWith(" ").doesNotContainPattern("[\\p{Cc}\\p{Cf}]");
        }
    }

    @Test
    void whatIsPrintableStaysAsItIs() {
        assertThat(TextLines.printable("Grüße, 世界 😀")).isEqualTo("Grüße, 世界 😀");
        assertThat(TextLines.printable("😀\n")).isEqualTo("😀\\u000a");
    }
}
