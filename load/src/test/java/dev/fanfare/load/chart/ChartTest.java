package dev.fanfare.load.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ChartTest {
    @Test
    void scalesEndAtRoundNumbers() {
        assertThat(labels(Scale.linear(29_950))).containsExactly("0", "10k", "20k", "30k");
        assertThat(labels(Scale.linear(1))).containsExactly("0", "0.25", "0.5", "0.75", "1");
        assertThat(labels(Scale.linear(0))).startsWith("0").endsWith("1");
        assertThat(labels(Scale.linear(2_500_000_000.0))).endsWith("3G");
        assertThat(labels(Scale.logarithmic(0.7, 5))).containsExactly("0.1", "0.2", "0.5", "1", "2", "5", "10");
        assertThat(labels(Scale.logarithmic(1, 12_000))).containsExactly("1", "10", "100", "1000", "10k", "100k");
        assertThat(labels(Scale.logarithmic(10, 10))).startsWith("10").endsWith("100");
        assertThat(labels(Scale.time(-4.2, 25))).containsExactly("0 s", "5 s", "10 s", "15 s", "20 s", "25 s");
        assertThat(labels(Scale.time(0, 3600)))
                .containsExactly("0 s", "10 min", "20 min", "30 min", "40 min", "50 min", "1 h");
        assertThat(labels(Scale.percentiles(4))).containsExactly("0", "90", "99", "99.9", "99.99");
        assertThat(labels(Scale.percentiles(6))).containsExactly("0", "90", "99", "99.9", "99.99", "99.9999");
    }

    @Test
    void drawsEachPointWhereItsValuesAreAndLeavesHoles() {
        var line = new Series("p50 & more", List.of(point(0, 1), point(5, Double.NaN), point(5, 10), point(10, 100)));
        var html = new Chart(
                        "Latency",
                        "",
                        Scale.time(0, 10),
                        Scale.logarithmic(1, 100),
                        new Chart.Range(5, 99),
                        List.of(line, new Series("<none>", List.of())))
                .html();
        var path = Pattern.compile(
                        "class=\"line s1\" d=\"M([0-9.]+) ([0-9.]+)h0M([0-9.]+) ([0-9.]+)h0L([0-9.]+) ([0-9.]+)\"")
                .matcher(html);
        assertThat(path.find()).as(html).isTrue();
        double[] at = Arrays.stream(new int[] {1, 2, 3, 4, 5, 6})
                .mapToDouble(i -> Double.parseDouble(path.group(i)))
                .toArray();
        assertThat(at[2]).isCloseTo((at[0] + at[4]) / 2, within(0.11)); // 5 s lie between 0 and 10 s
        assertThat(at[3]).isCloseTo((at[1] + at[5]) / 2, within(0.11)); // 10 lies between 1 and 100
        assertThat(at[5]).isLessThan(at[1]);
        assertThat(html)
                .contains("<rect class=\"shaded\" x=\"%.1f\"".formatted(at[2]), "p50 &amp; more", "&lt;none&gt;");
        assertThat(html).contains("<title>5 is 10</title>").doesNotContain("NaN");
    }

    private static Series.Point point(double x, double y) {
        return new Series.Point(x, y, "%.0f is %.0f".formatted(x, y));
    }

    private static List<String> labels(Scale scale) {
        var labels = new ArrayList<String>();
        scale.ticks().forEach(tick -> {
            assertThat(scale.place(tick.value())).isBetween(-1e-9, 1 + 1e-9);
            labels.add(tick.label());
        });
        return labels;
    }
}
