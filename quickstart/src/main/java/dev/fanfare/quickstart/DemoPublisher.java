package dev.fanfare.quickstart;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Publishes believable events, ten a second: seven prices, three order changes, and a notice every twenty seconds.
/// While Kafka is away they wait in the producer for up to two minutes, in a bounded buffer; what does not fit or
/// waits longer is dropped, counted and told.
public final class DemoPublisher {
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int NOTICE_TICKS = 200;

    private final Prices prices;
    private final Orders orders;
    private final Notices notices;
    private final Clock clock;
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean stopping;

    private DemoPublisher(RandomGenerator random, Clock clock) {
        this.prices = new Prices(random);
        this.orders = new Orders(random, clock);
        this.notices = new Notices(random);
        this.clock = clock;
    }

    /// Publishes until SIGTERM.
    ///
    /// @param args Kafka's bootstrap servers
    public static void main(String[] args) throws InterruptedException {
        if (args.length != 1) {
            System.err.println("usage: HOST:PORT of Kafka");
            System.exit(2);
        }
        KafkaLog.limit(Level.WARNING);
        var demo = new DemoPublisher(RandomGenerator.getDefault(), Clock.systemUTC());
        var here = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> demo.stop(here), "stop"));
        demo.publish(args[0]);
    }

    private void stop(Thread publishing) {
        stopping = true;
        try {
            publishing.join(Duration.ofSeconds(5));
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void publish(String bootstrapServers) throws InterruptedException {
        var bytes = new ByteArraySerializer();
        var producer = new KafkaProducer<byte[], byte[]>(settings(bootstrapServers), bytes, bytes);
        try {
            System.out.println("publishing to " + bootstrapServers);
            for (int tick = 0; !stopping; tick++) {
                send(producer, tick % 10 < 7 ? prices.next() : orders.next());
                if (tick % NOTICE_TICKS == 0) {
                    send(producer, notices.next());
                }
                Thread.sleep(TICK);
            }
        } finally {
            producer.close(Duration.ofSeconds(2));
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback sees the outcome
    private void send(KafkaProducer<byte[], byte[]> producer, DemoEvent event) {
        producer.send(event.at(clock.instant()), (written, failure) -> settled(failure));
    }

    private void settled(@Nullable Exception failure) {
        if (failure == null) {
            long lost = dropped.getAndSet(0);
            if (lost > 0) {
                System.out.println("Kafka takes events again; dropped meanwhile: " + lost);
            }
        } else if (dropped.getAndIncrement() == 0) {
            System.out.println("Kafka takes no events: " + failure.getMessage());
        }
    }

    private static Map<String, Object> settings(String bootstrapServers) {
        var all = new HashMap<String, Object>();
        all.put("bootstrap.servers", bootstrapServers);
        all.put("client.id", "fanfare-demo");
        all.put("acks", "all");
        all.put("buffer.memory", 4L << 20);
        all.put("max.block.ms", 10_000L);
        all.put("reconnect.backoff.max.ms", 500L);
        return all;
    }
}
