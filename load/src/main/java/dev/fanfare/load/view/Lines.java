package dev.fanfare.load.view;

import dev.fanfare.load.report.Second;
import dev.fanfare.load.watch.Listener;
import dev.fanfare.load.watch.Moment;
import java.util.Map;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/// A line for each second.
public record Lines(Consumer<String> lines) implements Listener {
    @Override
    public void say(String line) {
        lines.accept(line);
    }

    @Override
    public void second(Moment moment, Second second, Map<String, Histogram> measured) {
        lines.accept("%s %s: %s, %s, %s, %s errors"
                .formatted(
                        Words.phase(moment),
                        Words.progress(moment),
                        Words.open(second),
                        Words.rates(second),
                        Words.latency(second),
                        Words.errors(second)));
    }
}
