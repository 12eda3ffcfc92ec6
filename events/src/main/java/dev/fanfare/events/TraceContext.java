package dev.fanfare.events;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The W3C trace context in a record's headers. What is malformed is dropped, as the specification wants (Trace
/// Context
/// §3.2): a bad trace costs the trace, never the event.
final class TraceContext {
    static final String PARENT = "traceparent";
    static final String STATE = "tracestate";

    private static final int LENGTH_MAX = 512;
    private static final Pattern PARENT_SHAPE =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");

    private @Nullable String parent;
    private @Nullable String state;

    void parent(byte @Nullable [] header) {
        String text = text(header);
        parent = text != null && PARENT_SHAPE.matcher(text).matches() ? text : null;
    }

    void state(byte @Nullable [] header) {
        state = text(header);
    }

    /// Adds both, unless the event has a parent of its own, which is closer to where it came from.
    void addTo(Attributes attributes) throws UndecodableException {
        if (parent != null && !attributes.has(PARENT)) {
            attributes.put(PARENT, parent);
            if (state != null) {
                attributes.put(STATE, state);
            }
        }
    }

    private static @Nullable String text(byte @Nullable [] header) {
        String text = header == null || header.length == 0 || header.length > LENGTH_MAX ? null : Utf8.decode(header);
        return text == null || Attributes.hasControl(text) ? null : text;
    }
}
