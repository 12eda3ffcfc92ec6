package dev.fanfare.load.run;

import dev.fanfare.load.client.Clients;
import dev.fanfare.load.publish.Source;
import dev.fanfare.load.report.Particulars;
import java.time.Duration;
import java.util.Map;

/// The special sessions read slowly while the measured time lasts, and then as fast as they can.
///
/// @param bytesPerSecond that each of them reads; 0: none at all
public record Slowness(long bytesPerSecond) implements Disturbance {
    @Override
    public Particulars run(Clients clients, Source source, Duration duration) throws InterruptedException {
        clients.slow(bytesPerSecond);
        Thread.sleep(duration);
        long missing = clients.missing(source.acknowledgements().ends());
        clients.fast();
        return Particulars.of(Map.of("deliveriesBehind", missing));
    }
}
