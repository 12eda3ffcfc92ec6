package dev.fanfare.load.client;

import dev.fanfare.load.check.MarkerReader;
import dev.fanfare.load.check.Micros;
import dev.fanfare.load.check.Sequences;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/// One thread, its selector and the sessions that it serves. Others reach them by [#ask] only.
final class EventLoop implements Runnable {
    private static final int CONNECTING_MAX = 128; // a listener's queue is short
    private static final int SESSIONS_PER_ADDRESS = 20_000;
    private static final long CONNECT_PERIOD_MILLIS = 1;
    private static final long ANSWER_SECONDS_MAX = 30;

    private final Crowd crowd;
    private final InetSocketAddress server;
    private final boolean manyAddresses;
    private final Selector selector;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Thread thread;

    // owned by the thread
    private final Map<Transport, Receipts> receipts = new EnumMap<>(Transport.class);
    private final List<Session> sessions = new ArrayList<>();
    private final Input in = new Input();
    private final ResponseHead head = new ResponseHead();
    private final Ticks ticks = new Ticks();
    private int opened;
    private int connected;
    private boolean stopping;

    EventLoop(int number, Target target, Crowd crowd, InetSocketAddress server) {
        this.crowd = crowd;
        this.server = server;
        manyAddresses = server.getAddress().isLoopbackAddress() && crowd.sessions() > SESSIONS_PER_ADDRESS;
        try {
            selector = Selector.open();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        populate(number, target);
        thread = Thread.ofPlatform().name("load-" + number).unstarted(this);
    }

    private void populate(int number, Target target) {
        var requests = new Requests(target, crowd);
        var ready = target.ready().map(Bytes::of);
        var counts = new EnumMap<Transport, Integer>(Transport.class);
        for (int i = number; i < crowd.sessions(); i += crowd.loops()) {
            counts.merge(crowd.transport(i), 1, Integer::sum);
        }
        counts.forEach((transport, count) -> {
            var sequences = new Sequences(Math.multiplyExact(count, crowd.channelsPerSession()), crowd.fromZero());
            var tally = new Tally(transport, sequences);
            receipts.put(transport, new Receipts(new MarkerReader(target.fields()), crowd, tally));
        });
        var next = new EnumMap<Transport, Integer>(Transport.class);
        for (int i = number; i < crowd.sessions(); i += crowd.loops()) {
            var transport = crowd.transport(i);
            int before = next.merge(transport, 1, Integer::sum) - 1;
            var place = new Session.Place(i, crowd.firstChannel(i), before * crowd.channelsPerSession());
            var sink = receipts.get(transport);
            if (sink == null) {
                throw new IllegalStateException("no receipts for " + transport.label());
            }
            sessions.add(
                    switch (transport) {
                        case SSE -> new SseSession(place, sink, requests.sse(i), ready);
                        case WEBSOCKET -> new WebSocketSession(place, sink, requests, ready);
                        case POLL -> new PollSession(place, sink, requests, this::open);
                    });
        }
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
        receipts.values().forEach(sink -> sink.measure(measured));
        ticks.count(!measured.equals(Measured.NOTHING), Micros.now());
    }

    void stopTicks() {
        ticks.count(false, Micros.now());
    }

    Crowded count() {
        int pending = 0;
        int ready = 0;
        int lost = 0;
        long received = 0;
        for (var session : sessions) {
            pending += session.ready() || session.ended() ? 0 : 1;
        }
        for (var sink : receipts.values()) {
            ready += sink.tally().ready();
            lost += sink.tally().lost();
            received += sink.tally().receipts();
        }
        return new Crowded(pending, ready, lost, received);
    }

    /// What sessions that are still there wait for, of what was acknowledged per channel.
    long missing(long[] ends) {
        long missing = 0;
        for (var session : sessions) {
            for (int i = 0; !session.ended() && i < crowd.channelsPerSession(); i++) {
                int channel = (session.firstChannel() + i) % crowd.channels();
                missing += session.receipts().tally().sequences().missing(session.firstSequence() + i, ends[channel]);
            }
        }
        return missing;
    }

    /// As [#missing], without what lies before something that has come, per transport.
    Map<Transport, Long> tails(long[] ends) {
        var tails = new EnumMap<Transport, Long>(Transport.class);
        for (var session : sessions) {
            for (int i = 0; !session.ended() && i < crowd.channelsPerSession(); i++) {
                int channel = (session.firstChannel() + i) % crowd.channels();
                var tally = session.receipts().tally();
                tails.merge(
                        tally.transport(),
                        tally.sequences().tail(session.firstSequence() + i, ends[channel]),
                        Long::sum);
            }
        }
        return tails;
    }

    // --- once it has stopped

    List<Tally> tallies() {
        return receipts.values().stream().map(Receipts::tally).toList();
    }

    Histogram delay() {
        return ticks.delay();
    }

    @Override
    public void run() {
        long startNanos = System.nanoTime();
        try {
            while (!stopping) {
                boolean connects = opened < sessions.size();
                selector.select(this::selected, connects ? CONNECT_PERIOD_MILLIS : ticks.waitMillis(Micros.now()));
                ticks.look(Micros.now());
                for (var task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                if (connects) {
                    connect(System.nanoTime() - startNanos);
                }
            }
            sessions.forEach(Session::end);
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
            connected++;
        }
    }

    private void connect(long passedNanos) {
        double due = passedNanos / 1e9 * crowd.connectRate() / crowd.loops();
        while (opened < sessions.size() && opened < due && opened - connected < CONNECTING_MAX) {
            var session = sessions.get(opened++);
            open(session);
            if (session.ended()) {
                connected++;
            }
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
