package dev.fanfare.charts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Alerts, dashboards and autoscalers go by metrics that the apps have; tests of these hold the tables of metrics to
/// what `/metrics` says.
class MetricsTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(fanfare_\\w+)` \\| (\\w+) \\| ([^|]*)\\|");
    private static final Pattern HELIDONS = Pattern.compile("`((?:memory|gc|thread)_\\w+)`");
    private static final Pattern USED = Pattern.compile("\\b((?:fanfare|memory|gc|thread)_\\w+)\\b(?:\\{([^}]*)\\})?");
    private static final Pattern LABEL = Pattern.compile("(\\w+)(?:=~|!~|!=|=)\"");
    private static final Pattern BY = Pattern.compile("\\bby \\(([^)]*)\\)");
    private static final Set<String> SCRAPED = Set.of("job", "namespace", "pod");

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "webhooks"})
    void alertsHaveOnlyMetricsThatExist(String app) {
        var rules = Chart.yaml(Chart.FOLDER.resolve("alerts/" + app + ".yaml"));
        assertThat(rules.findValuesAsText("expr")).isNotEmpty().allSatisfy(expression -> check(app, expression));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "webhooks"})
    void dashboardsHaveOnlyMetricsThatExist(String app) throws Exception {
        var expressions = dashboard(app);
        assertThat(expressions).hasSizeGreaterThan(10).allSatisfy(expression -> check(app, expression));
    }

    @ParameterizedTest
    @ValueSource(strings = {"push-fanfare-gateway", "push-fanfare-webhooks"})
    void autoscalersGoByMetricsThatExist(String name) {
        var autoscaler = Chart.object(Chart.render("everything.yaml"), "HorizontalPodAutoscaler", name);
        assertThat(documented(name.substring(13)))
                .containsKey(Chart.string(autoscaler, "/spec/metrics/0/pods/metric/name"));
        assertThat(autoscaler.at("/spec/metrics/1/resource/name").textValue()).isEqualTo("cpu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "webhooks"})
    void prometheusTakesTheDashboardsExpressions(String app) throws Exception {
        var rules = dashboard(app).stream()
                .map(expression -> "      - record: a:b\n        expr: >-\n          "
                        + expression.replace("$__rate_interval", "5m"))
                .collect(Collectors.joining("\n"));
        Files.writeString(dir.resolve("rules.yaml"), "groups:\n  - name: dashboard\n    rules:\n" + rules + "\n");
        Promtool.run(dir, "check", "rules", "--lint=none", "rules.yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gateway", "webhooks"})
    void prometheusTakesTheAlertsAsTheChartWritesThem(String app) throws Exception {
        var rule = Chart.object(Chart.render("everything.yaml"), "PrometheusRule", "push-fanfare-" + app);
        assertThat(rule.toString())
                .contains("job=\\\"push-fanfare-%s\\\",namespace=\\\"events\\\"".formatted(app))
                .doesNotContain("job=\\\"fanfare-");
        Files.writeString(dir.resolve("rules.yaml"), rule.path("spec").toString());
        Promtool.run(dir, "check", "rules", "rules.yaml");
    }

    @Test
    void alertsSoundWhenTheyShould() throws Exception {
        for (var file : List.of("alerts/gateway.yaml", "alerts/webhooks.yaml")) {
            Files.createDirectories(dir.resolve("alerts"));
            Files.copy(Chart.FOLDER.resolve(file), dir.resolve(file));
        }
        Files.copy(Path.of("src/test/resources/alerts.test.yaml"), dir.resolve("alerts.test.yaml"));
        Promtool.run(dir, "test", "rules", "alerts.test.yaml");
    }

    private static void check(String app, String expression) {
        var metrics = documented(app);
        var labels = new HashSet<>(SCRAPED);
        var used = USED.matcher(expression);
        while (used.find()) {
            assertThat(metrics).containsKey(used.group(1));
            var its = metrics.getOrDefault(used.group(1), Set.of());
            labels.addAll(its);
            if (used.group(2) != null) {
                assertThat(LABEL.matcher(used.group(2)).results().map(label -> label.group(1)))
                        .as(used.group(1))
                        .allMatch(label -> its.contains(label) || SCRAPED.contains(label));
            }
        }
        var by = BY.matcher(expression);
        while (by.find()) {
            assertThat(labels).contains(by.group(1).split(", ", -1));
        }
    }

    /// Each metric of the app's table with its labels, and those of Helidon that the text names.
    private static Map<String, Set<String>> documented(String app) {
        var operations = Chart.text(Chart.ROOT.resolve("docs/operations.md"));
        var table = app.equals("gateway") ? operations : Chart.text(Chart.ROOT.resolve("docs/webhooks.md"));
        var metrics = new HashMap<String, Set<String>>();
        ROW.matcher(table).results().forEach(row -> {
            var labels = Arrays.stream(row.group(3).split(",", -1))
                    .map(label -> label.strip().replace("`", ""))
                    .collect(Collectors.toSet());
            if (row.group(2).equals("histogram")) {
                metrics.put(row.group(1) + "_sum", labels);
                metrics.put(row.group(1) + "_count", labels);
                labels = new HashSet<>(labels);
                labels.add("le");
                metrics.put(row.group(1) + "_bucket", labels);
            } else {
                metrics.put(row.group(1), labels);
            }
        });
        HELIDONS.matcher(operations).results().forEach(name -> metrics.put(name.group(1), Set.of("name")));
        return metrics;
    }

    private static List<String> dashboard(String app) throws Exception {
        var map = Chart.object(Chart.render("everything.yaml"), "ConfigMap", "push-fanfare-" + app + "-dashboard");
        return Chart.JSON
                .readTree(map.path("data").path("fanfare-" + app + ".json").textValue())
                .path("panels")
                .findValuesAsText("expr");
    }
}
