package dev.fanfare.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The apps read the configuration that the chart writes, and refuse what they do not know.
class SettingsTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource({
        "gateway.yaml, gateway",
        "everything.yaml, gateway",
        "webhooks.yaml, webhooks",
        "everything.yaml, webhooks"
    })
    void areReadByTheApp(String example, String app) throws Exception {
        assertThat(read(app, example).toString()).contains("0.0.0.0");
    }

    @Test
    void sayWhatTheValuesSay() throws Exception {
        assertThat(read("gateway", "everything.yaml").toString())
                .contains("20000000") // and not 2e+07
                .contains("deadline=PT2M30S")
                .contains("channelsMax=100")
                .contains("ManagementSettings[enabled=true, host=0.0.0.0, port=8081, token=***")
                .contains("logging=LoggingSettings[format=JSON, sessions=true]")
                .contains("/run/secrets/fanfare/tls/tls.crt");
        assertThat(read("webhooks", "everything.yaml").toString())
                .contains("events=4096", "ports=any", "deadLetter=Optional[webhooks.dead]");
    }

    @Test
    void areRefusedWithAKeyThatTheAppDoesNotKnow() {
        assertThatThrownBy(() -> read("gateway", "gateway.yaml", "gateway.config.session.hartbeat=1s"))
                .hasMessageContaining("session.hartbeat")
                .hasMessageContaining("session.heartbeat");
    }

    private Object read(String app, String example, String... set) throws Exception {
        var objects = Chart.render(example, set);
        var map = Chart.object(objects, "ConfigMap", "push-fanfare-" + app);
        var file = Files.writeString(
                dir.resolve(app + ".yaml"), map.path("data").path(app + ".yaml").textValue());
        return Settings.read(app, file, environment(objects, app));
    }

    /// The container's variables, those of Secrets with a value of their own.
    private static Map<String, String> environment(List<JsonNode> objects, String app) {
        var variables = new HashMap<String, String>();
        for (var object : objects) {
            if (object.path("kind").textValue().equals("Deployment")
                    && object.at("/metadata/name").textValue().endsWith(app)) {
                object.at("/spec/template/spec/containers/0/env")
                        .forEach(variable -> variables.put(
                                Chart.string(variable, "/name"),
                                variable.path("value").asText("a-secret-of-32-characters-or-more")));
            }
        }
        return variables;
    }
}
