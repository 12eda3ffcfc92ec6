package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The chart's alerts and dashboards in a real Prometheus that scrapes a running gateway and a running dispatcher with
/// something to do. Takes as long as these take to start.
@Timeout(180)
class PrometheusTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern METRIC = Pattern.compile("\\b(?:fanfare|memory|gc|thread)_\\w+");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(fanfare_\\w+)` \\| (\\w+) \\|");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path dir;

    private static RunningUp up;
    private static HttpClient client;
    private static Prometheus prometheus;

    @BeforeAll
    static void start() throws Exception {
        var program = Prometheus.program();
        int gateway = RunningUp.freePort();
        int webhooks = RunningUp.freePort();
        up = RunningUp.start(
                        dir.resolve("state"),
                        Apps.packaged(),
                        "--port=" + gateway,
                        "--kafka-port=" + RunningUp.freePort(),
                        "--webhooks-port=" + webhooks,
                        "--receiver-port=" + RunningUp.freePort())
                .awaitReady();
        client = HttpClient.newHttpClient();
        var stream = URI.create("http://127.0.0.1:" + gateway + "/v1/events?transport=sse&channel=prices.**");
        var _ = client.sendAsync(HttpRequest.newBuilder(stream).build(), BodyHandlers.ofLines());
        prometheus = Prometheus.start(program, dir, gateway, webhooks);
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(AssertionError.class)
                .until(() -> !prometheus
                                .query("rate(fanfare_delivery_seconds_count{transport='sse'}[1m]) > 0")
                                .isEmpty()
                        && !prometheus
                                .query("rate(fanfare_webhook_delivered_total[1m]) > 0")
                                .isEmpty()
                        && !prometheus.query("fanfare_webhook_frontier_lag").isEmpty());
    }

    @AfterAll
    static void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
        if (client != null) {
            client.shutdownNow();
        }
        if (up != null) {
            up.close();
        }
    }

    @Test
    void everyPanelOfTheDashboardsHasSomethingToShow() throws IOException {
        for (var app : List.of("gateway", "webhooks")) {
            var dashboard = JSON.readTree(Repository.ROOT
                    .resolve("charts/fanfare/dashboards/" + app + ".json")
                    .toFile());
            var expressions = dashboard.path("panels").findValuesAsText("expr");
            assertThat(expressions)
                    .hasSizeGreaterThan(20)
                    .allSatisfy(expression -> assertThat(prometheus.query(expression
                                    .replace("$job", "fanfare-" + app)
                                    .replace("$namespace", "test")
                                    .replace("$pod", app + "-0")
                                    .replace("$__rate_interval", "1m")))
                            .as(expression)
                            .isNotEmpty());
            for (var variable : dashboard.path("templating").findValuesAsText("query")) {
                var metrics = METRIC.matcher(variable);
                while (metrics.find()) {
                    assertThat(prometheus.names()).contains(metrics.group());
                }
            }
        }
    }

    @Test
    void everyAlertIsEvaluatedOnMetricsThatAreThere() throws IOException {
        var rules = prometheus.rules();
        var written = new HashSet<String>();
        for (var app : List.of("gateway", "webhooks")) {
            Files.readAllLines(Repository.ROOT.resolve("charts/fanfare/alerts/" + app + ".yaml")).stream()
                    .filter(line -> line.contains("- alert: "))
                    .forEach(line -> written.add(line.strip().substring("- alert: ".length())));
        }
        assertThat(rules).extracting(rule -> rule.path("name").asText()).containsExactlyInAnyOrderElementsOf(written);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(prometheus.rules())
                        .extracting(rule -> rule.path("health").asText())
                        .containsOnly("ok"));
        assertThat(rules).allSatisfy(rule -> {
            var metrics = METRIC.matcher(rule.path("query").asText());
            while (metrics.find()) {
                assertThat(prometheus.names()).as(rule.path("name").asText()).contains(metrics.group());
            }
        });
        assertThat(prometheus.query("ALERTS")).as("all is well").isEmpty();
    }

    @Test
    void theDispatcherServesWhatIsDocumentedAndNoOther() throws IOException {
        var documented = new HashSet<String>();
        ROW.matcher(Files.readString(Repository.ROOT.resolve("docs/webhooks.md")))
                .results()
                .forEach(row -> {
                    if (row.group(2).equals("histogram")) {
                        documented.addAll(
                                List.of(row.group(1) + "_bucket", row.group(1) + "_sum", row.group(1) + "_count"));
                    } else {
                        documented.add(row.group(1));
                    }
                });
        Set<String> served =
                prometheus.query("count by (__name__) ({job=\"fanfare-webhooks\",__name__=~\"fanfare_.*\"})").stream()
                        .map(PrometheusTest::name)
                        .collect(Collectors.toSet());
        assertThat(served).isEqualTo(documented);
    }

    private static String name(JsonNode series) {
        return series.path("metric").path("__name__").asText();
    }

    @Test
    void quantilesComeOfBucketsThatAddUp() {
        var latency = prometheus.query("histogram_quantile(0.99, sum by (transport, le) "
                + "(rate(fanfare_delivery_seconds_bucket{transport=\"sse\"}[1m])))");
        assertThat(latency)
                .singleElement()
                .satisfies(series -> assertThat(
                                Double.parseDouble(series.path("value").path(1).asText()))
                        .isPositive()
                        .isLessThan(60));
        assertThat(prometheus.query("fanfare_delivery_seconds_count != ignoring (le) "
                        + "fanfare_delivery_seconds_bucket{le=\"+Inf\"}"))
                .isEmpty();
    }
}
