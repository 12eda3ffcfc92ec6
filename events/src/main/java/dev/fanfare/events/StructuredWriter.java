package dev.fanfare.events;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/// Writes events in the JSON event format (CloudEvents JSON format 1.0.2), piece by piece, so that who sends them can
/// put attributes of its own in between.
public final class StructuredWriter {
    private StructuredWriter() {}

    /// An opening brace and all attributes.
    ///
    /// @param own extension attributes that the caller writes itself: the event's by these names are left out
    public static void open(JsonBytes out, Event event, Set<String> own) {
        out.raw("{\"specversion\":\"1.0\"");
        event.forEachAttribute((name, value) -> {
            if (!own.contains(name)) {
                out.member(name, value);
            }
        });
    }

    /// The data after something before: `,"data":…`. Text is a string even where its content type promises JSON, which
    /// people can read.
    public static void data(JsonBytes out, Event event) {
        var data = event.data();
        if (data == null) {
            out.raw(event.deleted() ? ",\"data\":null,\"deleted\":true" : ",\"data\":null");
        } else if (event.dataIsJson()) {
            out.raw(",\"data\":").raw(data);
        } else if (event.dataIsText()) {
            out.member("data", new String(data, StandardCharsets.UTF_8));
        } else {
            base64(out, data);
        }
    }

    /// As [#data], but so that whoever reads it gets the same bytes: under a content type of JSON, or none, a string
    /// would be read as JSON (JSON format §3.1).
    public static void exactData(JsonBytes out, Event event) {
        var data = event.data();
        var type = event.dataContentType();
        if (data == null || (type != null && !Event.isJsonType(type))) {
            data(out, event);
        } else if (event.dataIsJson()) {
            out.raw(",\"data\":").raw(data);
        } else {
            base64(out, data);
        }
    }

    private static void base64(JsonBytes out, byte[] data) {
        out.raw(",\"data_base64\":\"").raw(Base64.getEncoder().encode(data)).raw("\"");
    }
}
