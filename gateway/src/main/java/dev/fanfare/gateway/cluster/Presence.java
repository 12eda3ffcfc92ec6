package dev.fanfare.gateway.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.protocol.FlatJson;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.service.kafka.SharedTopic;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// Who is on which channel, on all nodes. Each node counts its own clients every so often, and writes what has changed
/// to a compacted topic that all read: one record a node and channel, keyed `RUN CHANNEL`, and one that says that the
/// node is there and how it is doing, keyed `RUN`, again and again. Each start of a node is another run; a run that is
/// silent for its lease does not count, and is removed by one of the others after ten.
///
/// Threads: one platform thread counts, writes and tells, one reads; everything else may be called by any.
public final class Presence implements SharedTopic.Reader, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Presence.class.getName());
    private static final int CHANGES_MAX = 1000; // records at a time: the rest the next time
    private static final int BEATS = 3; // in a lease

    private final ClusterSettings.Presence settings;
    private final Pulse pulse;
    private final Sessions sessions;
    private final InstantSource clock;
    private final String run;
    private final Roll roll = new Roll();
    private final Census census;
    private final Watchers watchers;
    private final SharedTopic shared;
    private final Map<String, Here> told = new ConcurrentHashMap<>(); // what Kafka has, or will soon, of this node
    private final LongAdder written = new LongAdder();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread counter = Thread.ofPlatform().name("presence").daemon().unstarted(this::run);
    private volatile long selfHeardNanos = System.nanoTime();
    private volatile long uncounted;
    private boolean full; // the reading thread's own

    /// @param topic compacted
    public Presence(
            KafkaClients clients,
            String topic,
            ClusterSettings.Presence settings,
            Pulse pulse,
            Sessions sessions,
            InstantSource clock) {
        this.settings = settings;
        this.pulse = pulse;
        this.run = pulse.run();
        this.sessions = sessions;
        this.clock = clock;
        this.census = new Census(settings);
        this.watchers = new Watchers(sessions, settings);
        this.shared = new SharedTopic(clients, "presence-reader", topic, "cluster.presence.topic", this);
        shared.start();
        counter.start();
    }

    /// Whether all that the nodes have told is known.
    public boolean isReady() {
        return shared.isReady();
    }

    /// Whether anything is told of a channel, or of those who subscribe to a pattern by its name.
    public boolean isCounted(ChannelPattern channel) {
        return Census.isCounted(settings, channel);
    }

    /// Who subscribes to a channel, or to a pattern, by just this name.
    public Here on(ChannelPattern channel) {
        return roll.of(channel.text(), System.nanoTime());
    }

    /// From now on the session is told who comes and goes on its channels.
    public void watch(Session session) {
        watchers.add(session);
    }

    /// Nodes that are there, this one too.
    public int nodes() {
        return roll.present(System.nanoTime());
    }

    /// Which they are, and how they are doing.
    public Nodes known() {
        long now = System.nanoTime();
        var doubt = !isReady()
                ? Optional.of("what the other nodes have told is not read yet")
                : isHeard(now)
                        ? Optional.<String>empty()
                        : Optional.of("Kafka is away: others are as they were when they were heard last");
        return Nodes.with(pulse, roll.told(run, now), doubt);
    }

    /// Records that this node has written.
    public LongAdder written() {
        return written;
    }

    /// Subscriptions of this node that are not counted, since there are too many channels.
    public long uncounted() {
        return uncounted;
    }

    // ---- the counting thread ----

    private void run() {
        long beat = System.nanoTime() - settings.lease().toNanos();
        try {
            do {
                long now = System.nanoTime();
                if (now - beat > settings.lease().toNanos() / BEATS) {
                    beat = now;
                    write(run, beat());
                }
                if (isReady()) {
                    tellChanges();
                }
                if (isReady() && isHeard(now)) {
                    if (roll.isFirst(run, now)) {
                        roll.forgotten(now).stream().limit(CHANGES_MAX).forEach(key -> write(key, null));
                    }
                    watchers.tell(channel -> roll.of(channel, now));
                }
            } while (!closed.await(settings.interval().toNanos(), TimeUnit.NANOSECONDS));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] beat() {
        var members = pulse.take().members();
        members.put("lease", settings.lease().toString());
        return FlatJson.write(members);
    }

    /// Whether this node hears itself. While it does not, Kafka is away, and the silence of others says nothing.
    private boolean isHeard(long nowNanos) {
        return nowNanos - selfHeardNanos <= settings.lease().toNanos();
    }

    private void tellChanges() {
        var now = census.take(sessions.all());
        uncounted = census.uncounted();
        int left = CHANGES_MAX;
        for (var channel : new HashSet<>(told.keySet())) {
            if (!now.containsKey(channel) && left-- > 0) {
                told.remove(channel);
                write(run + " " + channel, null);
            }
        }
        for (var one : now.entrySet()) {
            if (!one.getValue().equals(told.get(one.getKey())) && left-- > 0) {
                told.put(one.getKey(), one.getValue());
                write(run + " " + one.getKey(), one.getValue().json());
            }
        }
    }

    /// What Kafka does not take is told anew the next time.
    private void write(String key, byte @Nullable [] value) {
        written.increment();
        shared.send(key.getBytes(UTF_8), value, (_, failure) -> {
            if (failure != null && key.startsWith(run + " ")) {
                var channel = key.substring(run.length() + 1);
                if (value == null) {
                    told.put(channel, Here.NOBODY);
                } else {
                    told.remove(channel);
                }
            }
        });
    }

    // ---- the reading thread ----

    @Override
    public void take(ConsumerRecord<byte[], byte[]> record, boolean old) {
        var key = record.key() == null ? "" : new String(record.key(), UTF_8);
        int blank = key.indexOf(' ');
        var whose = blank < 0 ? key : key.substring(0, blank);
        var channel = blank < 0 ? "" : key.substring(blank + 1);
        long age = old ? Math.max(0, clock.millis() - record.timestamp()) : 0;
        long when = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(age);
        try {
            if (blank < 0) {
                takeBeat(whose, record.value(), when);
            } else if (record.value() == null) {
                roll.remove(whose, channel);
            } else if (!roll.put(whose, channel, Here.parse(record.value()), settings.lease(), when)) {
                overflow();
            }
            if (whose.equals(run) && blank >= 0 && record.value() == null) {
                disown(channel);
            }
        } catch (IllegalArgumentException bad) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the record {0}/{1}/{2} tells of nobody: {3}",
                    record.topic(),
                    record.partition(),
                    Long.toString(record.offset()),
                    bad.getMessage());
        }
    }

    private void takeBeat(String whose, byte @Nullable [] value, long whenNanos) {
        if (value == null) {
            roll.remove(whose);
            return;
        }
        try {
            var members = FlatJson.read(value);
            var lease = Duration.parse(members.getOrDefault("lease", ""));
            roll.heard(whose, Bulletin.of(members), lease, whenNanos);
        } catch (DateTimeException noTime) {
            throw new IllegalArgumentException("'lease' is no time", noTime);
        }
        if (whose.equals(run)) {
            selfHeardNanos = whenNanos;
        }
    }

    /// Where another took this node for gone, it tells all again: what it has of a channel is not there any more.
    private void disown(String channel) {
        if (told.remove(channel) != null) {
            LOG.log(System.Logger.Level.DEBUG, "{0} is told anew", channel);
        }
    }

    private void overflow() {
        if (!full) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the nodes tell of too many channels: not all are known here; lower cluster.presence.channels-max");
        }
        full = true;
    }

    @Override
    public void taken(boolean some) {}

    /// Takes back what this node has told, unless Kafka is away: then its lease ends by itself.
    @Override
    public void close() {
        closed.countDown();
        try {
            counter.join(settings.interval().plusSeconds(1));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
        if (isReady() && isHeard(System.nanoTime())) {
            told.keySet().forEach(channel -> write(run + " " + channel, null));
            write(run, null);
        }
        shared.close();
    }
}
