package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.load.report.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/// What `--hlog` has written.
final class Hlog {
    private Hlog() {}

    /// All of it is in the outcome, row by row, and the other way round.
    static void addsUpTo(Outcome outcome, Path log) throws IOException {
        for (var row : outcome.rows()) {
            var sum = new Histogram(3);
            int count = 0;
            try (var reader = new HistogramLogReader(log.toFile())) {
                while (reader.hasNext()) {
                    var next = (Histogram) reader.nextIntervalHistogram();
                    if (row.transport().equals(next.getTag())) {
                        sum.add(next);
                        count++;
                        assertThat(next.getStartTimeStamp())
                                .isBetween(outcome.timeLine().fromMicros() / 1000 - 2000, next.getEndTimeStamp());
                    }
                }
            }
            assertThat(count).isGreaterThan(1);
            assertThat(sum).isEqualTo(row.latency());
        }
    }
}
