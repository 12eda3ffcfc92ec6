package dev.fanfare.load.view;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.load.report.Second;
import dev.fanfare.load.watch.Listener;
import dev.fanfare.load.watch.Moment;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/// Writes the latencies of the measured events as HdrHistogram's log, version 1.3: for each second one histogram, in
/// microseconds, for each row of the table, whose name is the tag, with a dash where it has a blank. Added up they are
/// what the table says.
public final class LatencyLog implements Listener {
    private static final double MAX_UNIT = 1000; // its column of maxima is in milliseconds

    private final Path file;
    private final Listener next;
    private final PrintStream stream;
    private final HistogramLogWriter log;

    @GuardedBy("this")
    private boolean begun;

    @GuardedBy("this")
    private boolean failed;

    /// Begins the file.
    ///
    /// @param next is told the same
    public LatencyLog(Path file, Listener next) throws IOException {
        this.file = file;
        this.next = next;
        stream = new PrintStream(new BufferedOutputStream(Files.newOutputStream(file)), false, StandardCharsets.UTF_8);
        log = new HistogramLogWriter(stream);
    }

    @Override
    public void say(String line) {
        next.say(line);
    }

    @Override
    public void second(Moment moment, Second second, Map<String, Histogram> measured) {
        write(second, measured);
        next.second(moment, second, measured);
    }

    @Override
    public void close() {
        stream.close();
        check();
        next.close();
    }

    private synchronized void write(Second second, Map<String, Histogram> measured) {
        double start = second.endMicros() / 1e6 - second.seconds();
        if (!begun) {
            begun = true;
            log.outputComment("[latencies in microseconds, maxima in milliseconds]");
            log.outputLogFormatVersion();
            log.outputStartTime((long) (start * 1e3));
            log.outputLegend();
        }
        measured.forEach((label, latency) -> {
            latency.setTag(label.replace(' ', '-'));
            log.outputIntervalHistogram(start, second.endMicros() / 1e6, latency, MAX_UNIT);
        });
        stream.flush();
        check();
    }

    private synchronized void check() {
        if (!failed && stream.checkError()) {
            failed = true;
            next.say("--hlog %s could not be written to its end".formatted(file));
        }
    }
}
