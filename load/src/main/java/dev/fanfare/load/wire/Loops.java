package dev.fanfare.load.wire;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.HdrHistogram.Histogram;

/// Loops that share some work. They are asked by any thread, while they run.
public final class Loops<W extends Loop.Work> {
    private final List<W> all;

    /// Starts them.
    public Loops(List<W> all) {
        this.all = List.copyOf(all);
        all.forEach(work -> work.loop().start());
    }

    public List<W> all() {
        return all;
    }

    /// Each answers in its own thread.
    public <T> List<T> ask(Function<W, T> question) {
        var answers = new ArrayList<CompletableFuture<T>>();
        all.forEach(work -> answers.add(work.loop().ask(() -> question.apply(work))));
        return answers.stream().map(CompletableFuture::join).toList();
    }

    /// As [#ask], without an answer.
    public void tell(Consumer<W> task) {
        var _ = ask(work -> {
            task.accept(work);
            return true;
        });
    }

    /// What each loop's thread has taken so far, in nanoseconds of CPU.
    public List<Long> cpuNanos() {
        var threads = ManagementFactory.getThreadMXBean();
        return all.stream()
                .map(work -> threads.getThreadCpuTime(work.loop().threadId()))
                .toList();
    }

    /// From now on the loops' timers are measured, or no longer.
    public void countTicks(boolean on) {
        tell(work -> work.loop().countTicks(on));
    }

    /// How late these timers were, in microseconds; once the loops have stopped.
    public Histogram delay() {
        var sum = new Histogram(60_000_000L, 3);
        all.forEach(work -> sum.add(work.loop().delay()));
        return sum;
    }

    /// Ends them, and waits for them.
    public void stop() throws InterruptedException {
        for (var work : all) {
            work.loop().stop();
        }
    }
}
