package dev.fanfare.service.observe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.Tag;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The histograms of all apps of the process beside Helidon's meters. Helidon's own are none of them: each would be
/// told of every delivery by itself, and cost more than a delivery's own counters do.
///
/// Threads: any.
final class Histograms extends Collector {
    @GuardedBy("this")
    private final Map<String, Family> families = new LinkedHashMap<>();

    /// Those of one name, by their labels. A histogram that several apps share is there once for each.
    private record Family(String description, Map<List<Tag>, List<Histogram>> all) {}

    /// Adds them to what a registry serves.
    ///
    /// @throws IllegalStateException if it serves nothing to Prometheus
    @SuppressWarnings("deprecation") // it is what Helidon 4.4 has
    static Histograms of(MeterRegistry registry) {
        var histograms = new Histograms();
        registry.unwrap(CompositeMeterRegistry.class).getRegistries().stream()
                .filter(PrometheusMeterRegistry.class::isInstance)
                .map(PrometheusMeterRegistry.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("metrics are not served to Prometheus"))
                .getPrometheusRegistry()
                .register(histograms);
        return histograms;
    }

    synchronized void add(String name, String description, List<Tag> labels, Histogram histogram) {
        families.computeIfAbsent(name, _ -> new Family(description, new LinkedHashMap<>()))
                .all
                .computeIfAbsent(labels, _ -> new ArrayList<>())
                .add(histogram);
    }

    synchronized void remove(String name, List<Tag> labels, Histogram histogram) {
        var family = families.get(name);
        if (family == null) {
            return;
        }
        var those = family.all.get(labels);
        if (those != null && those.remove(histogram) && those.isEmpty()) {
            family.all.remove(labels);
            if (family.all.isEmpty()) {
                families.remove(name);
            }
        }
    }

    @Override
    public synchronized List<MetricFamilySamples> collect() {
        var collected = new ArrayList<MetricFamilySamples>();
        families.forEach((name, family) -> {
            var samples = new ArrayList<MetricFamilySamples.Sample>();
            family.all.forEach((labels, those) ->
                    sample(name, labels, those.stream().distinct().toList(), samples));
            collected.add(new MetricFamilySamples(name, Type.HISTOGRAM, family.description, samples));
        });
        return collected;
    }

    private static void sample(
            String name, List<Tag> labels, List<Histogram> those, List<MetricFamilySamples.Sample> into) {
        var keys = labels.stream().map(Tag::key).toList();
        var values = labels.stream().map(Tag::value).toList();
        var first = those.getFirst();
        long below = 0;
        for (int i = 0; i <= first.bounds(); i++) {
            int bucket = i;
            below += those.stream().mapToLong(one -> one.count(bucket)).sum();
            double bound = i < first.bounds() ? first.bound(i) : Double.POSITIVE_INFINITY;
            into.add(new MetricFamilySamples.Sample(
                    name + "_bucket", and(keys, "le"), and(values, doubleToGoString(bound)), below));
        }
        into.add(new MetricFamilySamples.Sample(name + "_count", keys, values, below));
        double sum = those.stream().mapToDouble(Histogram::sumSeconds).sum();
        into.add(new MetricFamilySamples.Sample(name + "_sum", keys, values, sum));
    }

    private static List<String> and(List<String> some, String last) {
        var all = new ArrayList<>(some);
        all.add(last);
        return all;
    }
}
