package dev.fanfare.load.watch;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the Prometheus text format, version 0.0.4: `name{label="value",...} value [timestamp]`, a line each.
final class Exposition {
    private static final Pattern LINE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*(\\{(?:[^\"}]|\"(?:[^\"\\\\]|\\\\.)*+\")*+\\})?\\s+(\\S+)(?:\\s+-?\\d+)?\\s*");
    private static final Pattern DISTRIBUTION = Pattern.compile("[{,]\\s*(?:quantile|le)\\s*=");

    private Exposition() {}

    /// The figures whose names begin with `prefix`; those of one name are added up. Quantiles and buckets, which cannot
    /// be added up, are left out, and so is what is no number.
    static Map<String, Double> figures(String text, String prefix) {
        var figures = new TreeMap<String, Double>();
        for (var line : text.lines().filter(line -> line.startsWith(prefix)).toList()) {
            var matcher = LINE.matcher(line);
            if (matcher.matches() && !isDistribution(matcher.group(2))) {
                double value = number(matcher.group(3));
                if (Double.isFinite(value)) {
                    figures.merge(matcher.group(1), value, Double::sum);
                }
            }
        }
        return figures;
    }

    private static boolean isDistribution(@Nullable String labels) {
        return labels != null && DISTRIBUTION.matcher(labels).find();
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException other) {
            return Double.NaN; // also "+Inf"
        }
    }
}
