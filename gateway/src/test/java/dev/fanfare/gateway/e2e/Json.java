package dev.fanfare.gateway.e2e;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A JSON object as tests look at it.
final class Json {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final Map<String, @Nullable Object> members;

    private Json(Map<String, @Nullable Object> members) {
        this.members = members;
    }

    static Json parse(String text) throws IOException {
        try (var parser = FACTORY.createParser(text)) {
            parser.nextToken();
            if (value(parser) instanceof Json object) {
                return object;
            }
            throw new IOException("not an object: " + text);
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var members = new HashMap<String, @Nullable Object>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    var name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield new Json(members);
            }
            case START_ARRAY -> {
                var elements = new ArrayList<@Nullable Object>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    boolean has(String name) {
        return members.get(name) != null;
    }

    /// A string member, or what another one looks like; empty where there is none.
    String text(String name) {
        var value = members.get(name);
        return value == null ? "" : value.toString();
    }

    long number(String name) {
        return members.get(name) instanceof Long number ? number : -1;
    }

    boolean isTrue(String name) {
        return Boolean.TRUE.equals(members.get(name));
    }

    Json object(String name) {
        return members.get(name) instanceof Json object ? object : new Json(Map.of());
    }

    List<Json> objects(String name) {
        var found = new ArrayList<Json>();
        if (members.get(name) instanceof List<?> elements) {
            for (var element : elements) {
                if (element instanceof Json object) {
                    found.add(object);
                }
            }
        }
        return found;
    }

    @Override
    public String toString() {
        return members.toString();
    }
}
