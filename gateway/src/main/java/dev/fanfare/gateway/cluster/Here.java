package dev.fanfare.gateway.cluster;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.fanfare.events.JsonBytes;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who of one node's clients, or of all nodes', is on a channel.
///
/// @param count sessions, of anybody
/// @param members how many sessions each has who is known by a token: `ISSUER SUBJECT`
/// @param complete false if there are more members than are told
public record Here(int count, SortedMap<String, Integer> members, boolean complete) {
    static final Here NOBODY = new Here(0, new TreeMap<>(), true);
    private static final JsonFactory JSON = new JsonFactory();

    /// Both together.
    Here and(Here other) {
        var all = new TreeMap<>(members);
        other.members.forEach((member, sessions) -> all.merge(member, sessions, Integer::sum));
        return new Here(count + other.count, all, complete && other.complete);
    }

    byte[] json() {
        var out = new JsonBytes(64).raw("{\"count\":" + count + ",\"complete\":" + complete + ",\"members\":{");
        var comma = "";
        for (var member : members.entrySet()) {
            out.raw(comma).string(member.getKey()).raw(":" + member.getValue());
            comma = ",";
        }
        return out.raw("}}").done();
    }

    /// @throws IllegalArgumentException if it is not what [#json] makes
    static Here parse(byte[] value) {
        int count = 0;
        boolean complete = true;
        var members = new TreeMap<String, Integer>();
        try (var json = JSON.createParser(value)) {
            expect(json.nextToken(), JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                var name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "count" -> count = json.getIntValue();
                    case "complete" -> complete = json.getBooleanValue();
                    case "members" -> members(json, members);
                    default -> json.skipChildren(); // of a newer node
                }
            }
            return new Here(count, members, complete);
        } catch (JacksonException bad) {
            throw new IllegalArgumentException("it is not JSON as nodes write it", bad);
        } catch (IOException impossible) { // of bytes that are there
            throw new IllegalStateException(impossible);
        }
    }

    private static void members(JsonParser json, SortedMap<String, Integer> into) throws IOException {
        expect(json.currentToken(), JsonToken.START_OBJECT);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var member = json.currentName();
            json.nextToken();
            into.put(member, json.getIntValue());
        }
    }

    private static void expect(JsonToken is, JsonToken wanted) {
        if (is != wanted) {
            throw new IllegalArgumentException("it is not JSON as nodes write it");
        }
    }
}
