package dev.fanfare.events;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.fanfare.events.UndecodableException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// A CloudEvent in its JSON event format (CloudEvents JSON format 1.0.2). JSON data keeps its exact bytes, white
/// space and all: it is cut out of the record's value. For one thread and one record.
final class StructuredJson {
    private final byte[] text;
    private final int start;
    private final Attributes attributes;

    private byte @Nullable [] binary;
    private int dataStart;
    private int dataEnd;
    private boolean dataIsString;

    private StructuredJson(byte[] text, Attributes attributes) {
        this.text = text;
        this.start = hasByteOrderMark(text) ? 3 : 0;
        this.attributes = attributes;
    }

    /// Reads the attributes, and answers with the data, null if there is none.
    static byte @Nullable [] read(byte[] text, Attributes attributes) throws UndecodableException {
        if (!Utf8.isValid(text)) {
            throw invalidJson("is not UTF-8");
        }
        var event = new StructuredJson(text, attributes);
        try (JsonParser parser = Json.parser(text, event.start, text.length)) {
            event.members(parser);
            return event.data();
        } catch (StreamConstraintsException tooDeep) {
            throw invalidJson("nests deeper than " + Json.DEPTH_MAX);
        } catch (IOException | IllegalStateException malformed) {
            throw invalidJson("is malformed");
        }
    }

    private void members(JsonParser parser) throws IOException, UndecodableException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw invalidJson("is no object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "data" -> locateData(parser, value);
                case "data_base64" -> decodeData(parser, value);
                default -> attribute(name, parser, value);
            }
        }
        if (parser.nextToken() != null) {
            throw invalidJson("goes on after its object");
        }
    }

    /// Notes where the data stands: what its bytes mean depends on the content type, which may come later.
    private void locateData(JsonParser parser, JsonToken value) throws IOException, UndecodableException {
        checkFirstData();
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        dataStart = start + (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        dataEnd = start + (int) parser.currentLocation().getByteOffset();
        dataIsString = value == JsonToken.VALUE_STRING;
    }

    private void decodeData(JsonParser parser, JsonToken value) throws IOException, UndecodableException {
        checkFirstData();
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.VALUE_STRING) {
            throw new UndecodableException(Reason.INVALID_DATA, "data_base64 is no string: write base64 in quotes");
        }
        try {
            binary = Base64.getDecoder().decode(parser.getText());
        } catch (IllegalArgumentException notBase64) {
            throw new UndecodableException(
                    Reason.INVALID_DATA, "data_base64 is not base64 (RFC 4648 §4): encode it so");
        }
    }

    private void checkFirstData() throws UndecodableException {
        if (binary != null || dataEnd > 0) {
            throw new UndecodableException(Reason.INVALID_DATA, "the event has data twice: write data or data_base64");
        }
    }

    private void attribute(String name, JsonParser parser, JsonToken value) throws IOException, UndecodableException {
        if (value == JsonToken.VALUE_NULL) {
            return; // unset (JSON format §2.2)
        }
        if (attributes.has(name)) {
            throw invalid(name, "is there twice: write it once");
        }
        if (!value.isScalarValue() || (value != JsonToken.VALUE_STRING && Attributes.isCore(name))) {
            throw invalid(name, "is not a string: write it in quotes");
        }
        attributes.put(name, parser.getText());
    }

    private byte @Nullable [] data() throws IOException, UndecodableException {
        if (binary != null) {
            if (!attributes.has(Attributes.CONTENT_TYPE)) {
                attributes.put(Attributes.CONTENT_TYPE, EventDecoder.sniff(binary));
            }
            return binary;
        }
        if (dataEnd == 0) {
            return null;
        }
        if (!attributes.has(Attributes.CONTENT_TYPE)) {
            attributes.put(Attributes.CONTENT_TYPE, "application/json"); // implied (JSON format §3.1)
        }
        if (!dataIsString || Event.isJsonType(attributes.contentType())) {
            return Arrays.copyOfRange(text, dataStart, dataEnd);
        }
        try (JsonParser parser = Json.parser(text, dataStart, dataEnd)) {
            parser.nextToken();
            String content = parser.getText();
            if (!Utf8.isEncodable(content)) {
                throw new UndecodableException(Reason.INVALID_DATA, "data has half a surrogate pair: use data_base64");
            }
            return content.getBytes(StandardCharsets.UTF_8);
        }
    }

    private static boolean hasByteOrderMark(byte[] text) {
        return text.length >= 3 && text[0] == (byte) 0xEF && text[1] == (byte) 0xBB && text[2] == (byte) 0xBF;
    }

    private static UndecodableException invalid(String name, String fault) {
        return new UndecodableException(Reason.INVALID_ATTRIBUTE, "attribute " + Quoted.of(name) + " " + fault);
    }

    private static UndecodableException invalidJson(String fault) {
        return new UndecodableException(
                Reason.INVALID_JSON,
                "the value " + fault + ": write one JSON object in UTF-8, as its content-type says");
    }
}
