package dev.fanfare.load.run;

import dev.fanfare.load.client.Clients;
import dev.fanfare.load.publish.Source;
import dev.fanfare.load.report.Particulars;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.function.Consumer;

/// Special sessions leave and come back, and the server's memory is looked at all the time.
///
/// @param churnPerSecond how many sessions leave
/// @param memory is closed at the end
/// @param megabytesPerHour how fast it may grow
/// @param megabytesOfNoise growth of less than that is none
/// @param interim how often a line says how it stands
public record Soak(
        double churnPerSecond,
        ServerMemory memory,
        double megabytesPerHour,
        double megabytesOfNoise,
        Duration interim,
        Consumer<String> progress)
        implements Disturbance {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final double SESSIONS_OF_NOISE = 0.01; // of all
    private static final double SESSIONS_OF_NOISE_MIN = 5;

    @Override
    public Particulars run(Clients clients, Source source, Duration duration) throws InterruptedException {
        double noise = Math.max(SESSIONS_OF_NOISE_MIN, clients.count().ready() * SESSIONS_OF_NOISE);
        try (memory) {
            var growth = new Growth(duration, megabytesPerHour, megabytesOfNoise, noise);
            var churn = Aside.start("churn", () -> new Churn(churnPerSecond).run(clients, source, duration));
            watch(clients, source, duration, growth);
            var figures = new LinkedHashMap<>(Aside.finish("churn", churn).figures());
            var faults = new ArrayList<String>();
            growth.series().forEach(series -> {
                if (!series.isEmpty()) {
                    figures.put(series.name(), series.told());
                    series.fault().ifPresent(faults::add);
                }
            });
            faults.addAll(memory.unread());
            return Particulars.of(figures, faults);
        }
    }

    private void watch(Clients clients, Source source, Duration duration, Growth growth) throws InterruptedException {
        long start = System.nanoTime();
        long look = Math.min(LOOK.toNanos(), growth.window().toNanos() / 4);
        long told = 0;
        long before = clients.count().receipts();
        for (long passed = 0; passed < duration.toNanos(); passed = System.nanoTime() - start) {
            var sample = memory.sample();
            growth.add(passed / 1e9, sample);
            if (passed - told >= interim.toNanos()) {
                long receipts = clients.count().receipts();
                double rate = (receipts - before) / ((passed - told) / 1e9);
                tell(
                        passed,
                        receipts,
                        rate,
                        clients.missing(source.acknowledgements().ends()),
                        sample);
                told = passed;
                before = receipts;
            }
            Thread.sleep(Duration.ofNanos(Math.max(0, look - (System.nanoTime() - start - passed))));
        }
    }

    private void tell(long passed, long receipts, double rate, long behind, ServerMemory.Sample sample) {
        var time = Duration.ofNanos(passed);
        var line = new StringBuilder(String.format(
                Locale.ROOT,
                "%02d:%02d:%02d  %d deliveries, %.0f a second, %d behind",
                time.toHours(),
                time.toMinutesPart(),
                time.toSecondsPart(),
                receipts,
                rate,
                behind));
        sample.rss().ifPresent(rss -> line.append(String.format(Locale.ROOT, ", rss %.1f MB", rss)));
        sample.heap().ifPresent(heap -> line.append(String.format(Locale.ROOT, ", heap %.1f MB", heap)));
        sample.sessions().ifPresent(open -> line.append(String.format(Locale.ROOT, ", %.0f sessions", open)));
        progress.accept(line.toString());
    }
}
