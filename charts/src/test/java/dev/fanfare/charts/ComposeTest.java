package dev.fanfare.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `docker-compose.yml` says what Compose understands, of its apps' configuration what they understand.
class ComposeTest {
    /// As published by https://github.com/compose-spec/compose-spec, 170098b.
    private static final Path SCHEMA = Path.of("src/test/resources/compose-spec.json");

    @TempDir
    Path dir;

    private final JsonNode compose = Chart.yaml(Chart.ROOT.resolve("docker-compose.yml"));

    @Test
    void fitsTheSpecification() throws Exception {
        // its names of itself and of its dialect are no URIs of such
        var specification = Chart.JSON
                .readValue(Files.readString(SCHEMA), ObjectNode.class)
                .<ObjectNode>without(List.of("$id", "$schema"));
        var schema = SchemaRegistry.withDefaultDialect(Dialects.getDraft7()).getSchema(specification);
        assertThat(schema.validate(compose)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "webhooks"})
    void givesTheAppsWhatTheyUnderstand(String app) throws Exception {
        var file = Files.writeString(
                dir.resolve(app + ".yaml"), Chart.string(compose, "/configs/%s/content".formatted(app)));
        var variables = new HashMap<String, String>();
        compose.at("/services/%s/environment".formatted(app))
                .properties()
                .forEach(variable ->
                        variables.put(variable.getKey(), variable.getValue().asText()));
        assertThat(Settings.read(app, file, variables).toString()).contains("orders.{key}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "webhooks"})
    void runsTheAppsAsTheChartDoes(String app) {
        var service = compose.at("/services/" + app);
        assertThat(service.path("read_only").asBoolean()).isTrue();
        assertThat(service.at("/tmpfs/0").textValue()).isEqualTo("/tmp");
        assertThat(service.at("/cap_drop/0").textValue()).isEqualTo("ALL");
        assertThat(Chart.ROOT.resolve(Chart.string(service, "/build/dockerfile")))
                .exists();
        assertThat(service.at("/ports/0").textValue()).startsWith("127.0.0.1:");
    }

    @Test
    void refersToWhatIsThere() {
        for (var service : compose.path("services")) {
            service.path("depends_on")
                    .fieldNames()
                    .forEachRemaining(
                            name -> assertThat(compose.path("services").has(name))
                                    .as(name)
                                    .isTrue());
            service.path("configs")
                    .forEach(config -> assertThat(compose.path("configs").has(Chart.string(config, "/source")))
                            .isTrue());
            service.path("volumes")
                    .forEach(volume -> assertThat(compose.path("volumes")
                                    .has(volume.textValue().split(":", -1)[0]))
                            .isTrue());
        }
    }
}
