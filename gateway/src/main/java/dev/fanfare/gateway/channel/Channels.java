package dev.fanfare.gateway.channel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.channel.ChannelLog.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// All logs of this node, and the head of the feed.
///
/// Threads: one feed thread calls [#append]; anybody subscribes. Both hold the lock for work that is bounded by the
/// CPU, never for I/O. Readers of the logs need no lock.
///
/// Eviction: every kept event is in one list, oldest first. The oldest goes when bytes or age pass their bound; a log
/// that is over its own bound drops its oldest, and an event that no log holds any more is forgotten. `floor` is
/// where the list begins: a log that does not exist has no events from there on, so a new log may start with that
/// floor.
public final class Channels {
    private static final int PATTERN_FACTOR = 8; // a pattern's log may be so many times longer than a channel's

    private final long bytesMax;
    private final int channelEventsMax;
    private final long ageMaxNanos;
    private final Signaller signaller;
    private final Demand demand;
    private final Encodings encodings = new Encodings();
    private final LeaderEpochs epochs = new LeaderEpochs();

    private final Map<ChannelName, Entry> channels = new ConcurrentHashMap<>(); // changed under the lock

    @GuardedBy("this")
    private final Map<ChannelPattern, ChannelLog> patterns = new HashMap<>();

    @GuardedBy("this")
    private final Heads heads = new Heads(); // of kept batches

    @GuardedBy("this")
    private final KeptEvents kept = new KeptEvents();

    private volatile @Nullable Consumer<FeedEvent> watcher;
    private volatile boolean telling; // of a loss: whoever subscribes now waits
    private volatile Head head = Head.START;
    private volatile long floor = 1;

    /// A channel's own log and the logs of the patterns that match it.
    record Entry(ChannelLog log, List<ChannelLog> patternLogs) {}

    /// @param bytesMax of all kept events with their encoded forms
    /// @param channelEventsMax events kept per channel
    /// @param ageMax how long an event is kept
    public Channels(long bytesMax, int channelEventsMax, Duration ageMax, Signaller signaller) {
        this(bytesMax, channelEventsMax, ageMax, signaller, Demand.OF_ALL);
    }

    /// @param demand told who subscribes to what
    public Channels(long bytesMax, int channelEventsMax, Duration ageMax, Signaller signaller, Demand demand) {
        this.demand = demand;
        this.bytesMax = bytesMax;
        this.channelEventsMax = channelEventsMax;
        this.ageMaxNanos = ageMax.toNanos();
        this.signaller = signaller;
    }

    /// Where the feed stands. Everything up to its sequence number is in the logs.
    public Head head() {
        return head;
    }

    /// Has each event told that comes from now on, by the feed's thread; null: none.
    public void onAppend(@Nullable Consumer<FeedEvent> watch) {
        watcher = watch;
    }

    /// Who subscribes to what, and whether it is read.
    public Demand demand() {
        return demand;
    }

    /// Which leader epochs the feed has seen where.
    public LeaderEpochs epochs() {
        return epochs;
    }

    /// What drains encode events with.
    public Encodings encodings() {
        return encodings;
    }

    /// Adds a batch that skips records which cannot be read, and has no events. Whoever comes back with a position
    /// before it must read Kafka and be told there: the logs would pass over the gap silently. Feed thread only.
    ///
    /// @param tell tells all sessions of now; gets the head behind the loss, whose sequence number no head before
    ///     it has. Under the lock, since those that open meanwhile wait there to subscribe and begin with the new
    ///     head or with Kafka
    public void appendAfterLoss(Batch batch, long nowNanos, Consumer<Head> tell) {
        Set<ChannelLog> touched;
        synchronized (this) {
            telling = true;
            try {
                batch.countLoss();
                heads.clear();
                tell.accept(
                        batch.head()); // first: no session may pass the range, and be cut, before it has heard of it
                touched = keep(batch, nowNanos);
            } finally {
                telling = false;
            }
        }
        touched.forEach(signaller::enqueue);
    }

    /// Adds what a poll brought and wakes those who listen. Feed thread only.
    public void append(Batch batch, long nowNanos) {
        Set<ChannelLog> touched;
        synchronized (this) {
            touched = keep(batch, nowNanos);
        }
        touched.forEach(signaller::enqueue);
    }

    @GuardedBy("this")
    private Set<ChannelLog> keep(Batch batch, long nowNanos) {
        var touched = new LinkedHashSet<ChannelLog>();
        var events = batch.takeEvents();
        for (var event : events) {
            keep(event, nowNanos, touched);
        }
        var watching = watcher;
        if (watching != null) {
            events.forEach(watching);
        }
        evict(nowNanos);
        var after = batch.head();
        heads.add(after);
        head = after; // after all appends: a drain takes only what this names
        return touched;
    }

    /// Drops what has become too old, also when nothing arrives. Feed thread only.
    public synchronized void expire(long nowNanos) {
        evict(nowNanos);
    }

    /// Drops all events of these partitions: they belong to a topic that is no more.
    public synchronized void forget(Topology now) {
        // the kept order allows only whole prefixes to go, so everything up to the last such event goes
        var last = kept.newestOfTheGone(now);
        long through = last == null ? 0 : last.seq();
        for (var oldest = kept.oldest(); oldest != null && oldest.seq() <= through; oldest = kept.oldest()) {
            evictOldest(oldest);
        }
    }

    @GuardedBy("this")
    private void keep(FeedEvent event, long nowNanos, Set<ChannelLog> touched) {
        var logs = new LinkedHashSet<ChannelLog>();
        for (var channel : event.channels()) {
            var entry = entry(channel);
            logs.add(entry.log);
            logs.addAll(entry.patternLogs);
        }
        event.keptSinceNanos = nowNanos;
        event.logs = logs.size();
        kept.add(event);
        for (var log : logs) {
            log.append(event);
        }
        for (var channel : event.channels()) {
            var entry = entry(channel);
            trim(entry.log, channelEventsMax);
            entry.patternLogs.forEach(log -> trim(log, channelEventsMax * PATTERN_FACTOR));
        }
        touched.addAll(logs);
    }

    @GuardedBy("this")
    private Entry entry(ChannelName channel) {
        var entry = channels.get(channel);
        if (entry == null) {
            var matching = new ArrayList<ChannelLog>(2);
            patterns.forEach((pattern, log) -> {
                if (pattern.matches(channel)) {
                    matching.add(log);
                }
            });
            entry = new Entry(new ChannelLog(floor), matching);
            channels.put(channel, entry);
        }
        return entry;
    }

    @GuardedBy("this")
    private void trim(ChannelLog log, int max) {
        while (log.size() > max) {
            var event = log.evictOldest();
            if (--event.logs == 0) {
                drop(event);
            }
        }
    }

    @GuardedBy("this")
    private void evict(long nowNanos) {
        for (var oldest = kept.oldest(); oldest != null && mustGo(oldest, nowNanos); oldest = kept.oldest()) {
            evictOldest(oldest);
        }
        heads.forgetBefore(floor);
    }

    @GuardedBy("this")
    private boolean mustGo(FeedEvent oldest, long nowNanos) {
        return kept.bytes() + encodings.keptBytes.sum() > bytesMax || nowNanos - oldest.keptSinceNanos > ageMaxNanos;
    }

    @GuardedBy("this")
    private void evictOldest(FeedEvent event) {
        floor = event.seq() + 1;
        for (var channel : event.channels()) {
            var entry = channels.get(channel);
            if (entry == null) {
                continue;
            }
            dropFrom(entry.log, event);
            entry.patternLogs.forEach(log -> dropFrom(log, event));
            if (entry.log.size() == 0 && entry.log.retire()) {
                channels.remove(channel);
            }
        }
        drop(event);
    }

    private static void dropFrom(ChannelLog log, FeedEvent event) {
        if (log.isOldest(event)) {
            log.evictOldest();
            event.logs--;
        }
    }

    @GuardedBy("this")
    private void drop(FeedEvent event) {
        kept.remove(event);
        event.forget(encodings);
    }

    /// Starts to signal a subscriber about what a pattern matches, and answers the log to read it from. What the log
    /// holds already may be read too: look at its floor.
    public Subscription subscribe(ChannelPattern pattern, Subscriber subscriber) {
        demand.begins(pattern);
        if (pattern.isLiteral() && !telling) { // without the lock, which thousands would wait for together
            var known = channels.get(pattern.literal());
            var subscription = known == null ? null : known.log.subscribe(pattern, subscriber);
            if (subscription != null) {
                return subscription;
            }
        }
        synchronized (this) {
            var log = pattern.isLiteral() ? entry(pattern.literal()).log : patternLog(pattern);
            return Objects.requireNonNull(log.subscribe(pattern, subscriber), "a log in the map is in use");
        }
    }

    /// Ends a subscription; a log that nobody needs goes with it.
    public void unsubscribe(ChannelPattern pattern, Subscription subscription) {
        demand.ends(pattern);
        var log = subscription.log();
        if (log.unsubscribe(subscription)) {
            synchronized (this) {
                drop(pattern, log);
            }
        }
    }

    @GuardedBy("this")
    private void drop(ChannelPattern pattern, ChannelLog log) {
        if ((pattern.isLiteral() && log.size() > 0) || !log.retire()) {
            return; // its events are kept, or somebody came just now
        }
        if (pattern.isLiteral()) {
            channels.computeIfPresent(pattern.literal(), (_, entry) -> entry.log == log ? null : entry);
        } else if (patterns.remove(pattern, log)) {
            channels.values().forEach(entry -> entry.patternLogs.remove(log));
            while (log.size() > 0) {
                var event = log.evictOldest();
                if (--event.logs == 0) {
                    drop(event);
                }
            }
        }
    }

    @GuardedBy("this")
    private ChannelLog patternLog(ChannelPattern pattern) {
        var known = patterns.get(pattern);
        if (known != null) {
            return known;
        }
        var log = new ChannelLog(floor);
        var found = new ArrayList<FeedEvent>();
        channels.forEach((channel, entry) -> {
            if (pattern.matches(channel)) {
                log.raiseFloor(entry.log.floor());
                entry.log.collect(0, Long.MAX_VALUE, Integer.MAX_VALUE, found);
                entry.patternLogs.add(log);
            }
        });
        found.sort(Comparator.comparingLong(FeedEvent::seq));
        FeedEvent previous = null;
        for (var event : found) {
            if (event != previous && event.seq() >= log.floor()) {
                log.append(event);
                event.logs++;
            }
            previous = event;
        }
        trim(log, channelEventsMax * PATTERN_FACTOR);
        patterns.put(pattern, log);
        return log;
    }

    /// The position before the last `n` kept events that match, if so many are kept and none between them is missing.
    public synchronized @Nullable PositionVector beforeLast(int n, List<ChannelPattern> wanted) {
        var found = new ArrayList<FeedEvent>();
        long complete = floor;
        for (var entry : channels.entrySet()) {
            if (wanted.stream().anyMatch(pattern -> pattern.matches(entry.getKey()))) {
                var log = entry.getValue().log;
                complete = Math.max(complete, log.floor());
                log.collect(0, Long.MAX_VALUE, Integer.MAX_VALUE, found);
            }
        }
        long from = complete;
        var newest = found.stream()
                .filter(event -> event.seq() >= from)
                .sorted(Comparator.comparingLong(FeedEvent::seq).reversed())
                .distinct()
                .limit(n)
                .toList();
        return newest.size() < n ? null : newest.getLast().vectorBefore();
    }

    /// The newest head that is kept and nowhere ahead of a vector: everything after the vector comes after it.
    /// Null if the feed was ahead of the vector somewhere at each head that is kept.
    public synchronized @Nullable Head newestHeadAtMost(PositionVector vector) {
        return heads.newestAtMost(vector);
    }

    /// What there is of each channel; for [Survey], which looks at the logs only.
    Map<ChannelName, Entry> channelEntries() {
        return channels;
    }

    synchronized Map<ChannelPattern, ChannelLog> patternLogs() {
        return Map.copyOf(patterns);
    }

    /// How many logs there are; for metrics.
    public synchronized int logCount() {
        return channels.size() + patterns.size();
    }

    /// Bytes of all kept events and their encoded forms, about; for metrics.
    public synchronized long keptBytes() {
        return kept.bytes() + encodings.keptBytes.sum();
    }
}
