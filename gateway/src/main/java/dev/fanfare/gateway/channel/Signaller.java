package dev.fanfare.gateway.channel;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Walks along the subscribers of the logs that the feed thread has touched, with a thread per processor. All of them
/// share a long walk. A log waits at most once, so the queue is bounded by the number of logs.
public final class Signaller implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Signaller.class.getName());
    private static final int STRIDE = 32; // subscribers that a thread takes at a time

    private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final Thread[] threads;
    private volatile long answeredNanos; // what the last question waited
    private volatile long askedNanos; // when the one that waits was put in
    private volatile boolean asked;

    private sealed interface Task {
        record Touched(ChannelLog log) implements Task {}

        record Walk(List<@Nullable Subscriber> subscribers, AtomicInteger next) implements Task {}

        record Question(long askedNanos) implements Task {}
    }

    public Signaller() {
        this(Runtime.getRuntime().availableProcessors());
    }

    Signaller(int threadCount) {
        threads = IntStream.range(0, threadCount)
                .mapToObj(
                        n -> Thread.ofPlatform().name("signaller-" + n).daemon().unstarted(this::run))
                .toArray(Thread[]::new);
        Stream.of(threads).forEach(Thread::start);
    }

    void enqueue(ChannelLog log) {
        if (log.subscriberCount() > 0 && log.signalled.compareAndSet(false, true)) {
            tasks.add(new Task.Touched(log));
        }
    }

    /// How long what is touched waits for a thread, in nanoseconds: as long as a question that is put in line by each
    /// call, unless one is waiting already. Not for two threads at once.
    public long backlogNanos() {
        long now = System.nanoTime();
        if (asked) {
            return Math.max(answeredNanos, now - askedNanos);
        }
        askedNanos = now;
        asked = true;
        tasks.add(new Task.Question(now));
        return answeredNanos;
    }

    private void run() {
        try {
            while (true) {
                var task = tasks.take();
                try {
                    doIt(task);
                } catch (RuntimeException | Error fault) { // without these threads everybody would wait
                    LOG.log(System.Logger.Level.ERROR, "subscribers could not be told", fault);
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void doIt(Task task) {
        switch (task) {
            case Task.Touched(var log) -> {
                log.signalled.set(false); // before signalling: what is appended from now on signals again
                var walk = new Task.Walk(log.subscribers(), new AtomicInteger());
                int helpers = Math.min(threads.length - 1, walk.subscribers.size() / STRIDE);
                for (int i = 0; i < helpers; i++) {
                    tasks.add(walk);
                }
                go(walk);
            }
            case Task.Walk walk -> go(walk);
            case Task.Question(var since) -> {
                answeredNanos = System.nanoTime() - since;
                asked = false;
            }
        }
    }

    private static void go(Task.Walk walk) {
        var all = walk.subscribers;
        for (int from = walk.next.getAndAdd(STRIDE); from < all.size(); from = walk.next.getAndAdd(STRIDE)) {
            int to = Math.min(all.size(), from + STRIDE);
            approach(all, from, to);
            for (int i = from; i < to; i++) {
                signal(all.get(i));
            }
        }
    }

    private static void approach(List<@Nullable Subscriber> all, int from, int to) {
        int seen = 0;
        for (int i = from; i < to; i++) {
            var subscriber = all.get(i);
            if (subscriber != null) {
                seen += subscriber.approach();
            }
        }
        if (seen == Integer.MIN_VALUE) {
            Thread.onSpinWait(); // as good as never: it is what the sum is for
        }
    }

    private static void signal(@Nullable Subscriber subscriber) {
        try {
            if (subscriber != null) {
                subscriber.signal();
            }
        } catch (RuntimeException | Error fault) { // one subscriber's must not cost the others theirs
            LOG.log(System.Logger.Level.ERROR, "a subscriber could not be told", fault);
        }
    }

    @Override
    public void close() {
        Stream.of(threads).forEach(Thread::interrupt);
    }
}
