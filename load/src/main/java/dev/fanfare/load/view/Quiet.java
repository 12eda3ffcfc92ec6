package dev.fanfare.load.view;

import dev.fanfare.load.report.Second;
import dev.fanfare.load.watch.Listener;
import dev.fanfare.load.watch.Moment;
import java.util.Map;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/// Tells what happens once, and nothing of each second.
public record Quiet(Consumer<String> lines) implements Listener {
    @Override
    public void say(String line) {
        lines.accept(line);
    }

    @Override
    public void second(Moment moment, Second second, Map<String, Histogram> measured) {}
}
