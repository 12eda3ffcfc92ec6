package dev.fanfare.load.run;

import dev.fanfare.load.client.Clients;
import dev.fanfare.load.publish.Source;
import dev.fanfare.load.report.Particulars;
import java.time.Duration;
import java.util.Map;

/// Special sessions leave, one after the other, and come back at once.
///
/// @param perSecond how many do
public record Churn(double perSecond) implements Disturbance {
    private static final Duration STEP = Duration.ofMillis(20);

    @Override
    public Particulars run(Clients clients, Source source, Duration duration) throws InterruptedException {
        long start = System.nanoTime();
        long left = 0;
        long passed = 0;
        while (passed < duration.toNanos()) {
            long due = (long) (passed / 1e9 * perSecond) - left;
            if (due > 0) {
                int now = clients.leave((int) Math.min(Integer.MAX_VALUE, due));
                left += now;
                clients.comeBack(Double.MAX_VALUE);
                if (now == 0) { // all of them are on their way
                    Thread.sleep(STEP);
                }
            } else {
                Thread.sleep(STEP);
            }
            passed = System.nanoTime() - start;
        }
        return Particulars.of(Map.of("left", left, "leftPerSecond", left / (duration.toNanos() / 1e9)));
    }
}
