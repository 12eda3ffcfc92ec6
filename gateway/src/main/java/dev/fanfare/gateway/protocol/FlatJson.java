package dev.fanfare.gateway.protocol;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.fanfare.events.JsonBytes;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/// JSON objects whose members are texts: what operators send, and what nodes tell each other.
public final class FlatJson {
    private static final JsonFactory JSON = new JsonFactory();

    private FlatJson() {}

    /// Reads one.
    ///
    /// @throws IllegalArgumentException says what is wrong with it
    public static Map<String, String> read(byte[] body) {
        try (var json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("it is no JSON object");
            }
            var members = new HashMap<String, String>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                if (json.nextToken() != JsonToken.VALUE_STRING || json.getText().isEmpty()) {
                    throw new IllegalArgumentException("'%s' is no text".formatted(name));
                }
                members.put(name, json.getText());
            }
            return members;
        } catch (JacksonException notJson) {
            throw new IllegalArgumentException("it is not JSON", notJson);
        } catch (IOException impossible) { // of bytes that are there
            throw new IllegalStateException(impossible);
        }
    }

    public static byte[] write(Map<String, String> members) {
        var out = new JsonBytes(128).raw("{");
        var comma = "";
        for (var member : members.entrySet()) {
            out.raw(comma).string(member.getKey()).raw(":").string(member.getValue());
            comma = ",";
        }
        return out.raw("}").done();
    }
}
