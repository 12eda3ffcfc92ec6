package dev.fanfare.service.observe;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.helidon.metrics.api.FunctionalCounter;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.Meter;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.metrics.api.Tag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;

/// One app's numbers in Helidon's registry. That is one per process, as only its global registry is connected to
/// the Prometheus output: of apps that share a process each meter shows the sum, and it is gone with the last.
///
/// Threads: any.
public final class Meters implements AutoCloseable {
    private static final MetricsConfig CONFIG = MetricsConfig.create();
    private static final MeterRegistry REGISTRY = MetricsFactory.getInstance().globalRegistry(CONFIG);
    private static final Histograms HISTOGRAMS = Histograms.of(REGISTRY);

    @GuardedBy("Meters.class")
    private static final Map<Key, Shared> SHARED = new HashMap<>();

    private record Key(String name, List<String> labels) {}

    private record Shared(Meter meter, List<LongSupplier> sources) {}

    /// What this app adds to a meter.
    private record Part(Key key, LongSupplier source) {}

    @GuardedBy("Meters.class")
    private final List<Part> parts = new ArrayList<>();

    @GuardedBy("Meters.class")
    private boolean closed;

    private final List<Runnable> histograms = new CopyOnWriteArrayList<>(); // each takes one out

    public MetricsConfig config() {
        return CONFIG;
    }

    public MeterRegistry registry() {
        return REGISTRY;
    }

    /// A number that only grows; its name ends in `_total` on the wire.
    public void counter(String name, String description, LongSupplier value, Tag... labels) {
        add(
                name,
                value,
                labels,
                sources -> FunctionalCounter.builder(name, sources, Meters::sum)
                        .description(description)
                        .tags(List.of(labels)));
    }

    public void gauge(String name, String description, LongSupplier value, Tag... labels) {
        add(
                name,
                value,
                labels,
                sources -> Gauge.builder(name, () -> sum(sources))
                        .description(description)
                        .tags(List.of(labels)));
    }

    /// Durations in seconds: `_bucket`, `_sum` and `_count` on the wire.
    public void histogram(String name, String description, Histogram histogram, Tag... labels) {
        var all = List.of(labels);
        HISTOGRAMS.add(name, description, all, histogram);
        histograms.add(() -> HISTOGRAMS.remove(name, all, histogram));
    }

    /// What the process itself tells: pauses of the garbage collector.
    public void jvm() {
        histogram("fanfare_gc_pause_seconds", "Pauses of the garbage collector", Pauses.ALL);
    }

    private interface Builder {
        Meter.Builder<?, ?> build(List<LongSupplier> sources);
    }

    private void add(String name, LongSupplier value, Tag[] labels, Builder builder) {
        var texts = new ArrayList<String>();
        for (var label : labels) {
            texts.add(label.key() + "=" + label.value());
        }
        var key = new Key(name, List.copyOf(texts));
        synchronized (Meters.class) {
            if (closed) {
                return; // a partition that is seen while the app stops
            }
            SHARED.computeIfAbsent(key, _ -> {
                        var sources = new CopyOnWriteArrayList<LongSupplier>();
                        return new Shared(register(builder.build(sources)), sources);
                    })
                    .sources
                    .add(value);
            parts.add(new Part(key, value));
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the registry's signature names the builder's own type
    private static Meter register(Meter.Builder<?, ?> builder) {
        return REGISTRY.getOrCreate((Meter.Builder) builder);
    }

    private static long sum(List<LongSupplier> sources) {
        long sum = 0;
        for (var source : sources) {
            sum += source.getAsLong();
        }
        return sum;
    }

    @Override
    public void close() {
        synchronized (Meters.class) {
            closed = true;
            for (var part : parts) {
                var shared = SHARED.get(part.key);
                if (shared != null && shared.sources.remove(part.source) && shared.sources.isEmpty()) {
                    SHARED.remove(part.key);
                    REGISTRY.remove(shared.meter);
                }
            }
            parts.clear();
        }
        histograms.forEach(Runnable::run);
        histograms.clear();
    }
}
