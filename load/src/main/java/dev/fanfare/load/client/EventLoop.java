package dev.fanfare.load.client;

import dev.fanfare.load.check.Interval;
import dev.fanfare.load.check.Latencies;
import dev.fanfare.load.check.Measured;
import dev.fanfare.load.check.Micros;
import dev.fanfare.load.wire.Input;
import dev.fanfare.load.wire.Loop;
import dev.fanfare.load.wire.TlsClient;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// The sessions of one loop. Others reach them by [#ask] only.
final class EventLoop implements Loop.Work {
    private static final int SESSIONS_PER_ADDRESS = 20_000;
    private static final long FAST = -1;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long SLOW_PERIOD_MICROS = 100_000;

    private final Crowd crowd;
    private final InetSocketAddress server;
    private final boolean manyAddresses;
    private final Loop loop;
    private final @Nullable TlsClient tls;

    // owned by the thread
    private final Population population;
    private final Opening opening = new Opening(this::open);
    private final ResponseHead head = new ResponseHead();
    private int leaving; // whose turn it is
    private long slowRate = FAST; // of the special ones, in bytes per second
    private long allowedMicros = NEVER; // when they were last allowed some

    EventLoop(int number, Target target, Crowd crowd, InetSocketAddress server) {
        this.crowd = crowd;
        this.server = server;
        manyAddresses = server.getAddress().isLoopbackAddress() && crowd.sessions() > SESSIONS_PER_ADDRESS;
        population = new Population(number, target, crowd, opening::open);
        opening.add(population.sessions(), crowd.connectRate() / crowd.loops());
        loop = new Loop("load-" + number, this);
        tls = target.tls()
                .map(context -> new TlsClient(context, server.getHostString(), server.getPort()))
                .orElse(null);
    }

    @Override
    public Loop loop() {
        return loop;
    }

    // --- what may be asked, by the thread only

    void measure(Measured measured) {
        population.receipts().forEach(sink -> sink.measure(measured));
    }

    Crowded count() {
        int pending = 0;
        int away = 0;
        int ready = 0;
        int lost = 0;
        long received = 0;
        for (var session : population.sessions()) {
            pending += session.standing().pending() ? 1 : 0;
            away += session.standing().missed() ? 1 : 0;
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

    /// Of those that are not special, so far.
    Histogram latencyOfOthers() {
        var sum = Latencies.none();
        population.receiptsOfOthers().forEach(sink -> sum.add(sink.tally().latency()));
        return sum;
    }

    /// What sessions that are still there wait for, of what was acknowledged per channel.
    long missing(long[] ends) {
        long missing = 0;
        for (var session : population.sessions()) {
            for (int i = 0; !session.standing().ended() && i < crowd.channelsPerSession(); i++) {
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
            for (int i = 0; !session.standing().ended() && i < crowd.channelsPerSession(); i++) {
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
        var returning = population.special().stream()
                .filter(session -> session.standing().away())
                .toList();
        if (!returning.isEmpty()) {
            returning.forEach(session -> session.standing().comeBack());
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
            population.special().stream()
                    .filter(session -> !session.standing().away())
                    .forEach(session -> session.allow(bytes));
        }
        comeBack(crowd.connectRate());
    }

    // --- once it has stopped

    List<Tally> tallies() {
        return population.receipts().stream().map(Receipts::tally).toList();
    }

    // --- what the loop calls

    @Override
    public void selected(SelectionKey key, Input in) {
        var session = (Session) key.attachment();
        boolean connecting = session.standing().connecting();
        session.select(key, in, head);
        if (connecting && !session.standing().connecting()) {
            opening.opened();
        }
    }

    @Override
    public void proceed() {
        allow(Micros.now());
        opening.proceed();
    }

    @Override
    public boolean isBusy() {
        return !opening.isOver();
    }

    @Override
    public void end() {
        population.sessions().forEach(Session::end);
    }

    private void open(Session session) {
        session.open(loop.selector(), server, source(session.number()), tls);
    }

    private Optional<InetSocketAddress> source(int number) {
        return manyAddresses
                ? Optional.of(new InetSocketAddress("127.0.0." + (2 + number / SESSIONS_PER_ADDRESS), 0))
                : Optional.empty();
    }
}
