package dev.fanfare.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// An OpenAPI or AsyncAPI document, to hold answers and messages against. More strictly than it says to clients:
/// objects have no members that it does not name.
public final class Contract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BASE = "https://fanfare.test/document.json";

    private final JsonNode document;
    private final SchemaRegistry schemas;

    public Contract(String text) {
        document = parse(text);
        var strict = JSON.createObjectNode();
        strict.putObject("components")
                .set("schemas", document.path("components").path("schemas").deepCopy());
        close(strict);
        schemas = SchemaRegistry.withDefaultDialect(
                Dialects.getOpenApi31(),
                builder -> builder.schemas(Map.of(BASE, strict.toString()))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    public static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException notJson) {
            throw new AssertionError(text, notJson);
        }
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && object.path("properties").isObject()
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(Contract::close);
    }

    public JsonNode document() {
        return document;
    }

    /// Such as `GET /v1/events`.
    public SortedSet<String> operations() {
        var operations = new TreeSet<String>();
        for (var path : document.path("paths").properties()) {
            for (var operation : path.getValue().properties()) {
                operations.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
            }
        }
        return operations;
    }

    /// What is said of an operation.
    ///
    /// @param name such as `GET /v1/events`
    public JsonNode operation(String name) {
        var at = name.indexOf(' ');
        return document.path("paths")
                .path(name.substring(at + 1))
                .path(name.substring(0, at).toLowerCase(Locale.ROOT));
    }

    /// Each answer that is described by its status, such as `200 GET /v1/events`.
    public SortedSet<String> answers() {
        var answers = new TreeSet<String>();
        for (var name : operations()) {
            operation(name).path("responses").fieldNames().forEachRemaining(status -> {
                if (!status.equals("default")) {
                    answers.add(status + " " + name);
                }
            });
        }
        return answers;
    }

    /// Whether an answer is described, and is as described.
    ///
    /// @param body null: not looked at, as it has no end
    public void check(String operation, RawClient.Head head, String body) {
        var what = operation + " answers " + head;
        var responses = operation(operation).path("responses");
        var own = responses.path(Integer.toString(head.status()));
        var response = resolve(own.isMissingNode() ? responses.path("default") : own);
        assertThat(response.isObject()).as(what + ", which is not described").isTrue();
        for (var header : response.path("headers").properties()) {
            var described = resolve(header.getValue());
            var value = head.header(header.getKey());
            assertThat(value.isPresent() || !described.path("required").asBoolean())
                    .as(what + " without " + header.getKey())
                    .isTrue();
            value.ifPresent(text -> assertThat(text)
                    .as(what)
                    .containsPattern(described.path("schema").path("pattern").asText(".*")));
        }
        var content = response.path("content");
        var type = head.header("Content-Type").orElse("").replaceAll(";.*", "");
        if (content.isObject()) {
            assertThat(content.has(type)).as(what).isTrue();
            var schema = content.path(type).path("schema");
            if (schema.has("$ref")) {
                assertThat(faults(schema.path("$ref").asText(), body))
                        .as(what + ": " + body)
                        .isEmpty();
            }
        } else {
            assertThat(body).as(what).isEmpty();
        }
    }

    /// What is wrong with JSON.
    ///
    /// @param place in the document, such as `#/components/schemas/Problem`
    public List<String> faults(String place, String json) {
        return schemas.getSchema(SchemaLocation.of(BASE + place)).validate(parse(json)).stream()
                .map(Object::toString)
                .toList();
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }
}
