package dev.fanfare.load.view;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.load.report.Second;
import dev.fanfare.load.watch.Listener;
import dev.fanfare.load.watch.Moment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// A few lines at the bottom of a terminal, drawn anew each second; what is said once scrolls by above them. No line
/// is wider than 79 columns, as one that wraps could not be drawn over.
public final class Live implements Listener {
    private static final int BAR = 30;
    private static final int LINES = 5;
    private static final String UP_AND_CLEAR = "\u001b[" + LINES + "A\u001b[J";

    private final PrintWriter terminal;

    @GuardedBy("this")
    private @Nullable String shown;

    @GuardedBy("this")
    private boolean closed;

    /// @param terminal that nobody else writes to meanwhile
    public Live(PrintWriter terminal) {
        this.terminal = terminal;
    }

    /// Whether the error stream is a terminal that can do this; known on Linux, and elsewhere if the other streams are.
    public static boolean fits() {
        var term = System.getenv("TERM");
        if (term == null || term.equals("dumb")) {
            return false;
        }
        var stream = Path.of("/proc/self/fd/2");
        try {
            if (Files.exists(stream)) {
                var target = stream.toRealPath().toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
            }
        } catch (IOException noFile) {
            return false; // a pipe or a socket
        }
        return Objects.requireNonNull(System.console()).isTerminal(); // never null since JDK 22
    }

    @Override
    public synchronized void say(String line) {
        clear();
        terminal.println(line);
        draw();
    }

    @Override
    public synchronized void second(Moment moment, Second second, Map<String, Histogram> measured) {
        if (closed) {
            return;
        }
        clear();
        shown = String.join(
                System.lineSeparator(),
                "%-10s %s %s".formatted(Words.phase(moment), bar(moment), Words.progress(moment)),
                "%-10s %s".formatted(moment.who(), Words.open(second)),
                "rate       " + Words.rates(second),
                "latency    " + Words.latency(second),
                "errors     " + Words.errors(second));
        draw();
    }

    @Override
    public synchronized void close() {
        clear();
        terminal.flush();
        shown = null;
        closed = true;
    }

    @GuardedBy("this")
    private void clear() {
        if (shown != null) {
            terminal.print(UP_AND_CLEAR);
        }
    }

    @GuardedBy("this")
    private void draw() {
        if (shown != null) {
            terminal.println(shown);
        }
        terminal.flush();
    }

    private static String bar(Moment moment) {
        int done = (int) Math.clamp(moment.done() / Math.max(moment.all(), 1e-9) * BAR, 0, BAR);
        return "[" + "#".repeat(done) + ".".repeat(BAR - done) + "]";
    }
}
