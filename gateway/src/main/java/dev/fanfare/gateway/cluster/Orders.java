package dev.fanfare.gateway.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.session.Drain;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.service.kafka.SharedTopic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// What operators have done with clients, given to any node and carried out by all, from a topic that each reads. An
/// order is for the clients that are there: a node that comes later, or reads it more than a minute after it was
/// given, leaves it alone.
///
/// Threads: one platform thread carries out, a virtual one each order that takes its time; anyone may give.
public final class Orders implements SharedTopic.Reader, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Orders.class.getName());
    private static final Duration LATE = Duration.ofMinutes(1);
    private static final int REMEMBERED_MAX = 10_000;

    private final SharedTopic shared;
    private final String node;
    private final Duration drain;
    private final Sessions sessions;
    private final InstantSource clock;
    private final Map<Order.Kind, LongAdder> carriedOut = new EnumMap<>(Order.Kind.class);
    private final Map<Thread, Order> busy = new ConcurrentHashMap<>();
    private final LinkedHashMap<String, Instant> done = new LinkedHashMap<>(); // the reading thread's own

    /// @param node the name of this one
    /// @param drain over which the clients of a whole node move
    public Orders(
            KafkaClients clients, String topic, String node, Duration drain, Sessions sessions, InstantSource clock) {
        this.node = node;
        this.drain = drain;
        this.sessions = sessions;
        this.clock = clock;
        for (var kind : Order.Kind.values()) {
            carriedOut.put(kind, new LongAdder());
        }
        this.shared = new SharedTopic(clients, "orders", topic, "cluster.orders-topic", this);
        shared.start();
    }

    /// Has it carried out, everywhere.
    ///
    /// @throws ProblemException if Kafka does not acknowledge it in time; it may have taken it nevertheless
    public void give(Order order) {
        if (!shared.write(order.key().getBytes(UTF_8), order.json())) {
            throw new ProblemException(
                    ErrorCode.KAFKA_AWAY,
                    "Kafka has not acknowledged the order: send it again",
                    Map.of("Retry-After", "1"));
        }
    }

    /// How many of a kind this node has carried out.
    public LongAdder carriedOut(Order.Kind kind) {
        return Objects.requireNonNull(carriedOut.get(kind));
    }

    @Override
    public void take(ConsumerRecord<byte[], byte[]> record, boolean old) {
        if (old || record.value() == null) {
            return;
        }
        try {
            var order = Order.parse(record.value());
            var given = Instant.ofEpochMilli(record.timestamp());
            if (done.putIfAbsent(order.id(), given) != null) {
                return;
            }
            if (done.size() > REMEMBERED_MAX) {
                done.pollFirstEntry();
            }
            if (given.plus(LATE).isBefore(clock.instant())) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the order to {0} {1} of {2} comes too late, and is not carried out",
                        order.kind().label(),
                        order.of().members(),
                        given);
                return;
            }
            carryOut(order);
        } catch (IllegalArgumentException none) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the record {0}/{1}/{2} is no order: {3}",
                    record.topic(),
                    record.partition(),
                    Long.toString(record.offset()),
                    none.getMessage());
        }
    }

    @Override
    public void taken(boolean some) {}

    private void carryOut(Order order) {
        var chosen = sessions.all().stream()
                .filter(session -> order.of().fits(session, node))
                .toList();
        carriedOut(order.kind()).increment();
        if (chosen.isEmpty()) {
            return;
        }
        var time = order.over()
                .orElse(order.kind() == Order.Kind.MOVE && order.of().isOfNodeOnly() ? drain : Duration.ZERO);
        LOG.log(
                System.Logger.Level.INFO,
                "{0} of {1}: {2} sessions over {3} ms",
                order.kind().label(),
                order.of().members(),
                chosen.size(),
                Long.toString(time.toMillis()));
        if (time.isZero()) {
            chosen.forEach(session -> session.end(order.kind().reason()));
        } else {
            var thread = Thread.ofVirtual().name("move").unstarted(() -> over(time, chosen, order));
            busy.put(thread, order);
            thread.start();
        }
    }

    private void over(Duration time, List<Session> chosen, Order order) {
        try {
            new Drain(sessions, System::nanoTime)
                    .over(time, chosen, order.kind().reason());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt(); // those that are left are the stop's
        } finally {
            busy.remove(Thread.currentThread());
        }
    }

    @Override
    public void close() {
        shared.close();
        busy.keySet().forEach(Thread::interrupt);
    }
}
