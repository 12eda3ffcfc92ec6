package dev.fanfare.load.run;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/// What a server takes, by windows of the measured time: the mean of each window, and of the heap the least, as that is
/// nearest to what is left behind a garbage collection. Not thread-safe.
final class Growth {
    private static final int WINDOWS = 24;
    private static final int LOOKS_MIN = 2; // or a window might see garbage only

    private final Duration window;
    private final Series rss;
    private final Series heap;
    private final Series sessions;
    private final Mean rssNow = new Mean();
    private final Mean sessionsNow = new Mean();
    private double heapNow = Double.MAX_VALUE;
    private long number; // of the present window
    private int looks; // in it

    private static final class Mean {
        private double sum;
        private int count;

        void add(OptionalDouble value) {
            if (value.isPresent()) {
                sum += value.getAsDouble();
                count++;
            }
        }

        void moveTo(Series series, double second) {
            if (count > 0) {
                series.add(second, sum / count);
            }
            sum = 0;
            count = 0;
        }
    }

    Growth(Duration duration, double megabytesPerHour, double megabytesOfNoise, double sessionsOfNoise) {
        window = duration.dividedBy(WINDOWS);
        rss = new Series("rss", " MB", megabytesPerHour, megabytesOfNoise);
        heap = new Series("heap", " MB", megabytesPerHour, megabytesOfNoise);
        sessions = new Series("sessions", "", 0, sessionsOfNoise);
    }

    Duration window() {
        return window;
    }

    List<Series> series() {
        return List.of(rss, heap, sessions);
    }

    /// @param second since the measured time's start
    void add(double second, ServerMemory.Sample sample) {
        double length = window.toNanos() / 1e9;
        if ((long) (second / length) > number && looks >= LOOKS_MIN) {
            end((number + 0.5) * length);
            number = (long) (second / length);
            looks = 0;
        }
        looks++;
        rssNow.add(sample.rss());
        sessionsNow.add(sample.sessions());
        heapNow = Math.min(heapNow, sample.heap().orElse(Double.MAX_VALUE));
    }

    private void end(double second) {
        rssNow.moveTo(rss, second);
        sessionsNow.moveTo(sessions, second);
        if (heapNow < Double.MAX_VALUE) {
            heap.add(second, heapNow);
        }
        heapNow = Double.MAX_VALUE;
    }
}
