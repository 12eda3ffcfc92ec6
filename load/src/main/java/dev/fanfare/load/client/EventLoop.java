package dev.fanfare.load.client;

import dev.fanfare.load.check.Micros;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/// One thread, its selector and the sessions that it serves. Others reach them by [#ask] only.
final class EventLoop implements Runnable {
    private static final int SESSIONS_PER_ADDRESS = 20_000;
    private static final long CONNECT_PERIOD_MILLIS = 1;
    private static final long ANSWER_SECONDS_MAX = 30;
    private static final long FAST = -1;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long SLOW_PERIOD_MICROS = 100_000;

    private final Crowd crowd;
    private final InetSocketAddress server;
    private final boolean manyAddresses;
    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    // owned by the thread
    private final Population population;
    private final Opening opening = new Opening(this::open);
    private final Input in = new Input();
    private final ResponseHead head = new ResponseHead();
    private final Ticks ticks = new Ticks();
    private boolean stopping;
    private int leaving; // whose turn it is
    private long slowRate = FAST; // of the special ones, in bytes per second
    private long allowedMicros = NEVER; // when they were last allowed some

    EventLoop(int number, Target target, Crowd crowd, InetSocketAddress server) {
        this.crowd = crowd;
        this.server = server;
        manyAddresses = server.getAddress().isLoopbackAddress() && crowd.sessions() > SESSIONS_PER_ADDRESS;
        try {
            selector = Selector.open();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        population = new Population(number, target, crowd, opening::open);
        opening.add(population.sessions(), crowd.connectRate() / crowd.loops());
        thread = Thread.ofPlatform().name("load-" + number).unstarted(this);
    }

    void start() {
        thread.start();
    }

    /// Of its thread, for measuring its CPU time.
    long threadId() {
        return thread.threadId();
    }

    /// Has the thread answer.
    <T> CompletableFuture<T> ask(Supplier<T> question) {
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

    /// Ends all sessions and the thread, and waits for it.
    void stop() throws InterruptedException {
        if (!thread.isAlive()) {
            return;
        }
        ask(() -> stopping = true).join();
        thread.join();
    }

    // --- what may be asked, by the thread only

    void measure(Measured measured) {
        population.receipts().forEach(sink -> sink.measure(measured));
        ticks.count(!measured.equals(Measured.NOTHING), Micros.now());
    }

    void stopTicks() {
        ticks.count(false, Micros.now());
    }

    Crowded count() {
        int pending = 0;
        int away = 0;
        int ready = 0;
        int lost = 0;
        long received = 0;
        for (var session : population.sessions()) {
            pending += session.pending() ? 1 : 0;
            away += session.missed() ? 1 : 0;
        }
        for (var sink : population.receipts()) {
            ready += sink.tally().ready();
            lost += sink.tally().lost();
            received += sink.tally().receipts();
        }
        return new Crowded(pending, ready, lost, away, received);
    }

    /// What has come since this was last asked.
    Interval interval() {
        return population.receipts().stream()
                .map(sink -> sink.tally().interval())
                .reduce(Interval.NOTHING, Interval::plus);
    }

    /// What sessions that are still there wait for, of what was acknowledged per channel.
    long missing(long[] ends) {
        long missing = 0;
        for (var session : population.sessions()) {
            for (int i = 0; !session.ended() && i < crowd.channelsPerSession(); i++) {
                int channel = (session.firstChannel() + i) % crowd.channels();
                missing += session.receipts().tally().sequences().missing(session.firstSequence() + i, ends[channel]);
            }
        }
        return missing;
    }

    /// As [#missing], without what lies before something that has come, per label.
    Map<String, Long> tails(long[] ends) {
        var tails = new TreeMap<String, Long>();
        for (var session : population.sessions()) {
            for (int i = 0; !session.ended() && i < crowd.channelsPerSession(); i++) {
                int channel = (session.firstChannel() + i) % crowd.channels();
                var tally = session.receipts().tally();
                tails.merge(
                        tally.label(), tally.sequences().tail(session.firstSequence() + i, ends[channel]), Long::sum);
            }
        }
        return tails;
    }

    /// So many special ones end their connections, without a word, in turn. How many have.
    int leave(int atMost) {
        var special = population.special();
        int left = 0;
        for (int tried = 0; tried < special.size() && left < atMost; tried++) {
            left += special.get(leaving).leave() ? 1 : 0;
            leaving = (leaving + 1) % special.size();
        }
        return left;
    }

    /// Those that have left connect again, so many per second, and go on behind their cursors.
    void comeBack(double perSecond) {
        var returning = population.special().stream().filter(Session::away).toList();
        if (!returning.isEmpty()) {
            returning.forEach(Session::comeBack);
            opening.add(returning, perSecond / crowd.loops());
        }
    }

    /// The special ones read so many bytes per second from now on.
    void slow(long bytesPerSecond) {
        slowRate = bytesPerSecond;
        allowedMicros = Micros.now() - SLOW_PERIOD_MICROS;
    }

    /// They read as fast as they can again.
    void fast() {
        slowRate = FAST;
        population.special().forEach(Session::allowAll);
    }

    private void allow(long now) {
        if (allowedMicros == NEVER || now - allowedMicros < SLOW_PERIOD_MICROS) {
            return;
        }
        allowedMicros = now;
        if (slowRate != FAST) {
            int bytes = (int) Math.min(Integer.MAX_VALUE - 1, slowRate * SLOW_PERIOD_MICROS / 1_000_000);
            population.special().stream().filter(session -> !session.away()).forEach(session -> session.allow(bytes));
        }
        comeBack(crowd.connectRate());
    }

    // --- once it has stopped

    List<Tally> tallies() {
        return population.receipts().stream().map(Receipts::tally).toList();
    }

    Histogram delay() {
        return ticks.delay();
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                boolean connects = !opening.isOver();
                selector.select(this::selected, connects ? CONNECT_PERIOD_MILLIS : ticks.waitMillis(Micros.now()));
                ticks.look(Micros.now());
                for (var task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                allow(Micros.now());
                opening.proceed();
            }
            population.sessions().forEach(Session::end);
            selector.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void selected(SelectionKey key) {
        long now = Micros.now();
        ticks.look(now);
        in.readAt(now);
        var session = (Session) key.attachment();
        boolean connecting = session.connecting();
        session.select(key, in, head);
        if (connecting && !session.connecting()) {
            opening.opened();
        }
    }

    private void open(Session session) {
        session.open(selector, server, source(session.number()));
    }

    private Optional<InetSocketAddress> source(int number) {
        return manyAddresses
                ? Optional.of(new InetSocketAddress("127.0.0." + (2 + number / SESSIONS_PER_ADDRESS), 0))
                : Optional.empty();
    }
}
