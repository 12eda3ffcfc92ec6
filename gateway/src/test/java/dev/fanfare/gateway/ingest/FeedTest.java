package dev.fanfare.gateway.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.events.Routing;
import dev.fanfare.gateway.channel.Channels;
import dev.fanfare.gateway.channel.FeedEvent;
import dev.fanfare.gateway.channel.Signaller;
import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.LoggingSettings;
import dev.fanfare.gateway.config.ManagementSettings;
import dev.fanfare.gateway.config.OverloadSettings;
import dev.fanfare.quickstart.broker.LocalBroker;
import dev.fanfare.service.kafka.KafkaClients;
import dev.fanfare.service.trace.TracingSettings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up method
class FeedTest {
    private final LocalBroker broker = LocalBroker.get();
    private final String topic = broker.newTopic("feed", 1);
    private final Queue<RuntimeException> before = new ConcurrentLinkedQueue<>(); // thrown instead of a poll
    private final Queue<RuntimeException> after = new ConcurrentLinkedQueue<>(); // thrown with what a poll has read
    private final Signaller signaller = new Signaller();
    private final Channels channels = new Channels(1 << 20, 100, Duration.ofHours(1), signaller);
    private Feed feed;

    /// Clients of a real broker, of which the feed's consumer fails when told to.
    private final class Faulty extends KafkaClients {
        Faulty() {
            super(Map.of("bootstrap.servers", broker.bootstrapServers()));
        }

        @Override
        @SuppressWarnings("unchecked")
        public Consumer<byte[], byte[]> consumer(String name, Map<String, Object> overrides) {
            var real = super.consumer(name, overrides);
            return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                    Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (_, method, arguments) -> {
                        try {
                            if (!method.getName().equals("poll")) {
                                return method.invoke(real, arguments);
                            }
                            fail(before);
                            var records = (ConsumerRecords<?, ?>) method.invoke(real, arguments);
                            if (!records.isEmpty()) {
                                fail(after);
                            }
                            return records;
                        } catch (InvocationTargetException thrown) {
                            throw Objects.requireNonNull(thrown.getCause());
                        }
                    });
        }

        private static void fail(Queue<RuntimeException> faults) {
            var fault = faults.poll();
            if (fault != null) {
                throw fault;
            }
        }
    }

    @BeforeEach
    void start() {
        var settings = new GatewaySettings(
                GatewaySettings.Server.DEFAULT,
                Map.of(),
                List.of(),
                GatewaySettings.DeadLetter.DEFAULT,
                new GatewaySettings.Feed(1000, Duration.ofMillis(300)),
                GatewaySettings.Log.DEFAULT,
                GatewaySettings.Replay.DEFAULT,
                GatewaySettings.Session.DEFAULT,
                GatewaySettings.Transports.DEFAULT,
                GatewaySettings.WebSocket.DEFAULT,
                GatewaySettings.Poll.DEFAULT,
                GatewaySettings.Publish.DEFAULT,
                AccessSettings.DEFAULT,
                GatewaySettings.Limits.DEFAULT,
                OverloadSettings.DEFAULT,
                ClusterSettings.DEFAULT,
                ManagementSettings.DEFAULT,
                TracingSettings.DEFAULT,
                GatewaySettings.Shutdown.DEFAULT,
                LoggingSettings.DEFAULT);
        var routing = Routing.of(List.of(new Routing.Rule(List.of(topic), List.of("c"))));
        feed = new Feed(
                settings,
                new Faulty(),
                new RecordReader(routing),
                channels,
                (_, _, _) -> {},
                new FeedMetrics(),
                null,
                null);
        feed.start();
        await().until(feed::isReady);
    }

    @AfterEach
    void close() {
        feed.close();
        signaller.close();
    }

    private void write(int number) {
        broker.send(topic, 0, "k", Integer.toString(number).getBytes(UTF_8));
    }

    private List<Long> offsets() {
        var subscription = channels.subscribe(ChannelPattern.parse("c"), () -> {});
        var events = new ArrayList<FeedEvent>();
        subscription.log().collect(0, channels.head().seq(), Integer.MAX_VALUE, events);
        channels.unsubscribe(ChannelPattern.parse("c"), subscription);
        return events.stream().map(event -> event.event().offset()).toList();
    }

    @Test
    void triesAgainWhatKafkaRefused() {
        write(0);
        before.add(new KafkaException("no"));
        before.add(new KafkaException("no"));
        write(1);

        await().untilAsserted(() -> assertThat(offsets()).containsExactly(0L, 1L));
    }

    @Test
    void losesAndRepeatsNothingWhenItFailsWithRecordsInHand() {
        write(0);
        await().untilAsserted(() -> assertThat(offsets()).containsExactly(0L));
        after.add(new IllegalStateException("a fault"));
        write(1);
        write(2);

        await().untilAsserted(() -> assertThat(offsets()).containsExactly(0L, 1L, 2L));
        assertThat(feed.isReady()).isTrue();
    }
}
