package dev.fanfare.gateway.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads an event stream as WHATWG HTML §9.2.6 says, line by line, and tells also what a browser's page does not see.
public final class EventSourceParser {
    private final InputStream in;
    private int pushedBack = -2; // no byte
    private boolean first = true;
    private final StringBuilder data = new StringBuilder();
    private String eventType = "";
    private String idBuffer = "";
    private String lastEventId = "";
    private long retryMillis = -1;

    /// Something that came.
    public sealed interface Item {}

    /// An event as a page gets it.
    public record Message(String type, String data, String lastEventId) implements Item {}

    /// A block without data: the page sees nothing, but the last event id may have moved.
    public record Quiet(String lastEventId) implements Item {}

    public record Comment(String text) implements Item {}

    public EventSourceParser(InputStream in) {
        this.in = in;
    }

    /// What a browser would send as `Last-Event-ID`.
    public String lastEventId() {
        return lastEventId;
    }

    /// The reconnection time that was told last, -1 if none was.
    public long retryMillis() {
        return retryMillis;
    }

    /// The next event that a page would get.
    public Message message() throws IOException {
        return until(Message.class, _ -> true);
    }

    /// The next event of a type.
    public Message message(String type) throws IOException {
        return until(Message.class, message -> message.type().equals(type));
    }

    /// The next item of a kind; what comes before is dropped.
    public <T extends Item> T until(Class<T> kind, Predicate<T> test) throws IOException {
        while (true) {
            var item = item();
            if (item == null) {
                throw new IOException("the stream ended before " + kind.getSimpleName());
            }
            if (kind.isInstance(item) && test.test(kind.cast(item))) {
                return kind.cast(item);
            }
        }
    }

    /// Reads to the end of the stream.
    public void toEnd() throws IOException {
        while (item() != null) {
            // go on
        }
    }

    /// The next item, null at the end; what was begun then is discarded.
    public @Nullable Item item() throws IOException {
        while (true) {
            var line = line();
            if (line == null) {
                return null;
            }
            if (line.isEmpty()) {
                return dispatch();
            }
            int colon = line.indexOf(':');
            if (colon == 0) {
                return new Comment(line.substring(1));
            }
            var field = colon < 0 ? line : line.substring(0, colon);
            var value = colon < 0 ? "" : line.substring(colon + 1);
            take(field, value.startsWith(" ") ? value.substring(1) : value);
        }
    }

    private void take(String field, String value) {
        switch (field) {
            case "event" -> eventType = value;
            case "data" -> data.append(value).append('\n');
            case "id" -> {
                if (value.indexOf('\0') < 0) {
                    idBuffer = value;
                }
            }
            case "retry" -> {
                if (value.matches("[0-9]+")) {
                    retryMillis = Long.parseLong(value);
                }
            }
            default -> {}
        }
    }

    private Item dispatch() {
        lastEventId = idBuffer;
        if (data.isEmpty()) {
            eventType = "";
            return new Quiet(lastEventId);
        }
        data.setLength(data.length() - 1);
        var message = new Message(eventType.isEmpty() ? "message" : eventType, data.toString(), lastEventId);
        data.setLength(0);
        eventType = "";
        return message;
    }

    /// A line ends with CRLF, LF or CR.
    private @Nullable String line() throws IOException {
        var bytes = new ByteArrayOutputStream();
        while (true) {
            int b = read();
            if (b < 0) {
                return null;
            }
            if (b == '\n') {
                break;
            }
            if (b == '\r') {
                int next = read();
                if (next != '\n') {
                    pushedBack = next;
                }
                break;
            }
            bytes.write(b);
        }
        var text = decode(bytes.toByteArray());
        if (first && text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        first = false;
        return text;
    }

    private static String decode(byte[] line) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
    }

    private int read() throws IOException {
        if (pushedBack != -2) {
            int b = pushedBack;
            pushedBack = -2;
            return b;
        }
        return in.read();
    }
}
