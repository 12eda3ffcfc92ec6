package dev.fanfare.load.wire;

import dev.fanfare.load.check.Micros;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/// One thread, its selector and a timer that measures the thread itself. What it works on others reach by [#ask] only.
public final class Loop {
    private static final long BUSY_MILLIS = 1;
    private static final long ANSWER_SECONDS_MAX = 30;

    private final Work work;
    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    // owned by the thread
    private final Ticks ticks = new Ticks();
    private final Input in = new Input();
    private boolean stopping;

    /// What the thread does; called by it only.
    public interface Work {
        /// The one that calls this.
        Loop loop();

        /// Something of the key is ready.
        ///
        /// @param in the loop's buffer, with the time
        void selected(SelectionKey key, Input in);

        /// What is due, behind each look at the selector.
        void proceed();

        /// Whether something is due within a millisecond.
        boolean isBusy();

        /// The thread ends: closes everything.
        void end();
    }

    /// The thread is started by [#start].
    public Loop(String name, Work work) {
        this.work = work;
        try {
            selector = Selector.open();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /// For those that the thread calls.
    public Selector selector() {
        return selector;
    }

    /// Of its thread, for measuring its CPU time.
    public long threadId() {
        return thread.threadId();
    }

    /// Has the thread answer.
    public <T> CompletableFuture<T> ask(Supplier<T> question) {
        var answer = new CompletableFuture<T>();
        tasks.add(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException failure) {
                answer.completeExceptionally(failure);
            }
        });
        selector.wakeup();
        return answer.orTimeout(ANSWER_SECONDS_MAX, TimeUnit.SECONDS); // a thread that has died says nothing
    }

    /// Ends the work and the thread, and waits for it.
    public void stop() throws InterruptedException {
        if (!thread.isAlive()) {
            return;
        }
        ask(() -> stopping = true).join();
        thread.join();
    }

    /// From now on the timer is measured, or no longer; by the thread only.
    public void countTicks(boolean on) {
        ticks.count(on, Micros.now());
    }

    /// How late the timer was, in microseconds; once it has stopped.
    public Histogram delay() {
        return ticks.delay();
    }

    private void run() {
        try {
            while (!stopping) {
                selector.select(this::selected, work.isBusy() ? BUSY_MILLIS : ticks.waitMillis(Micros.now()));
                ticks.look(Micros.now());
                for (var task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                work.proceed();
            }
            work.end();
            selector.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void selected(SelectionKey key) {
        long now = Micros.now();
        ticks.look(now);
        in.readAt(now);
        work.selected(key, in);
    }
}
