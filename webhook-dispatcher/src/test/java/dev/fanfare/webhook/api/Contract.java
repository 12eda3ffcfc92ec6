package dev.fanfare.webhook.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import dev.fanfare.webhook.api.TestApi.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.StreamSupport;

/// The OpenAPI document, to hold requests and answers against. More strictly than it says to clients: objects have no
/// members that it does not name.
final class Contract {
    private static final String BASE = "https://fanfare.test/openapi.json";
    private static final List<String> METHODS = List.of("get", "put", "post", "delete", "patch");

    final JsonNode document;
    private final SchemaRegistry schemas;

    /// @param parameters of the path and its own, resolved
    record Operation(String id, String method, String path, JsonNode node, List<JsonNode> parameters) {
        List<String> names(String in) {
            return parameters.stream()
                    .filter(one -> one.path("in").asText().equals(in))
                    .map(one -> one.path("name").asText())
                    .toList();
        }

        List<Integer> statuses() {
            return Contract.names(node.path("responses")).stream()
                    .filter(name -> !name.equals("default"))
                    .map(Integer::valueOf)
                    .toList();
        }

        boolean isOpen() {
            return scopes().isEmpty();
        }

        /// Whether only pages can use it.
        boolean isOfPages() {
            return names("header").contains("Fanfare-Page");
        }

        /// What a token must have one of.
        List<String> scopes() {
            return texts(node.path("security").path(0).path("token"));
        }

        boolean takes(String path) {
            return path.matches(this.path.replaceAll("\\{\\w+}", "[^/]+"));
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    Contract() {
        document = TestApi.parse(text());
        var strict = document.deepCopy();
        close(strict.path("components").path("schemas"));
        schemas = SchemaRegistry.withDefaultDialect(
                Dialects.getOpenApi31(),
                builder -> builder.schemas(Map.of(BASE, strict.toString()))
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build()));
    }

    private static String text() {
        try (var in = Objects.requireNonNull(Api.class.getResourceAsStream("openapi.json"))) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
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

    List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        for (var path : document.path("paths").properties()) {
            for (var method : METHODS) {
                var node = path.getValue().path(method);
                if (node.isObject()) {
                    var parameters = new ArrayList<JsonNode>();
                    path.getValue().path("parameters").forEach(one -> parameters.add(resolve(one)));
                    node.path("parameters").forEach(one -> parameters.add(resolve(one)));
                    operations.add(new Operation(
                            node.path("operationId").asText(),
                            method.toUpperCase(Locale.ROOT),
                            path.getKey(),
                            node,
                            parameters));
                }
            }
        }
        return operations;
    }

    Operation operation(String id) {
        return operations().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /// What a request is, if it is described: paths without parameters come first.
    Optional<Operation> find(String method, String path) {
        var bare = path.replaceAll("\\?.*", "");
        return operations().stream()
                .filter(one -> one.method().equals(method) && one.takes(bare))
                .min((one, other) ->
                        Boolean.compare(one.path().contains("{"), other.path().contains("{")));
    }

    /// Whether an answer is described, and is as described.
    void check(Operation operation, Answer answer) {
        var what = operation + " answers " + answer.status();
        var responses = operation.node().path("responses");
        var own = responses.path(Integer.toString(answer.status()));
        if (answer.status() < 400) {
            assertThat(own.isMissingNode())
                    .as(what + ", which is not described")
                    .isFalse();
        }
        var response = resolve(own.isMissingNode() ? responses.path("default") : own);
        for (var header : response.path("headers").properties()) {
            checkHeader(what, header.getKey(), resolve(header.getValue()), answer);
        }
        var content = response.path("content");
        if (content.isMissingNode()) {
            assertThat(answer.text()).as(what).isEmpty();
            return;
        }
        assertThat(names(content)).as(what).contains(answer.header("Content-Type"));
        var schema = content.path(answer.header("Content-Type")).path("schema");
        assertThat(faults(schema, answer.body()))
                .as(what + ": " + answer.text())
                .isEmpty();
    }

    private void checkHeader(String what, String name, JsonNode header, Answer answer) {
        var value = answer.header(name);
        if (value.isEmpty()) {
            assertThat(header.path("required").asBoolean())
                    .as(what + " without " + name)
                    .isFalse();
        } else {
            var pattern = header.path("schema").path("pattern").asText(".*");
            assertThat(value).as(what).containsPattern(pattern);
        }
    }

    /// Whether a body that the server has taken is as described.
    void checkBody(Operation operation, String type, String body) {
        var content = operation.node().path("requestBody").path("content");
        var essence = type.replaceAll(";.*", "").toLowerCase(Locale.ROOT);
        assertThat(names(content)).as(operation + " takes").contains(essence);
        assertThat(faults(content.path(essence).path("schema"), TestApi.parse(body)))
                .as(operation + " takes " + body)
                .isEmpty();
    }

    /// @param schema a reference to a component
    List<String> faults(JsonNode schema, JsonNode value) {
        return faultsAt(schema.path("$ref").asText(), value);
    }

    private List<String> faultsAt(String place, JsonNode value) {
        return schemas.getSchema(SchemaLocation.of(BASE + place)).validate(value).stream()
                .map(Object::toString)
                .toList();
    }

    List<String> faults(String component, JsonNode value) {
        return faultsAt("#/components/schemas/" + component, value);
    }

    JsonNode schema(String component) {
        return document.path("components").path("schemas").path(component);
    }

    private JsonNode resolve(JsonNode node) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    static List<String> names(JsonNode object) {
        var names = new ArrayList<String>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
