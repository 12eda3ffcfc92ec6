package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Debian's Prometheus, which scrapes every second and has the chart's alerts for rules.
final class Prometheus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final int port;
    private final Path log;
    private final HttpClient http = HttpClient.newHttpClient();

    private Prometheus(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /// Skips the test where there is no Prometheus, but not under CI.
    static String program() {
        Optional<Path> found = Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(path -> Path.of(path, "prometheus"))
                .filter(Files::isExecutable)
                .findFirst();
        if (!"true".equals(System.getenv("CI"))) {
            assumeThat(found).as("prometheus, of Debian's package prometheus").isPresent();
        }
        return found.orElseThrow().toString();
    }

    /// @param gateway its port
    /// @param webhooks the dispatcher's
    static Prometheus start(String program, Path dir, int gateway, int webhooks) throws IOException {
        var alerts = Repository.ROOT.resolve("charts/fanfare/alerts");
        var config = Files.writeString(dir.resolve("prometheus.yml"), """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: ['%s/gateway.yaml', '%s/webhooks.yaml']
            scrape_configs:
              - job_name: fanfare-gateway
                static_configs: [{targets: ['127.0.0.1:%d'], labels: {namespace: test, pod: gateway-0}}]
              - job_name: fanfare-webhooks
                static_configs: [{targets: ['127.0.0.1:%d'], labels: {namespace: test, pod: webhooks-0}}]
            """.formatted(alerts, alerts, gateway, webhooks));
        int port = RunningUp.freePort();
        var log = dir.resolve("prometheus.log");
        var process = new ProcessBuilder(
                        program,
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + dir.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new Prometheus(process, port, log);
    }

    /// What an expression comes to now.
    List<JsonNode> query(String expression) {
        return all(get("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
                .path("result"));
    }

    /// All names of what was scraped.
    Set<String> names() {
        var names = new HashSet<String>();
        get("label/__name__/values").forEach(name -> names.add(name.asText()));
        return names;
    }

    /// Its alerts as it has read them.
    List<JsonNode> rules() {
        return get("rules").path("groups").findValues("rules").stream()
                .flatMap(rules -> all(rules).stream())
                .toList();
    }

    private static List<JsonNode> all(JsonNode array) {
        return List.of(JSON.convertValue(array, JsonNode[].class));
    }

    /// Fails, with what it has logged, where it does not answer.
    private JsonNode get(String path) {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/" + path))
                            .build(),
                    BodyHandlers.ofString());
            var body = JSON.readTree(answer.body());
            assertThat(body.path("status").asText()).as(path + ": " + body).isEqualTo("success");
            return body.path("data");
        } catch (IOException notYet) {
            throw new AssertionError("%s; its log is in %s".formatted(notYet, log), notYet);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(stop));
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stop) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
