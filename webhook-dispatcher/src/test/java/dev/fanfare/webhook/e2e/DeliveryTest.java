package dev.fanfare.webhook.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.LocalBroker;
import dev.fanfare.webhook.app.WebhookDispatcher;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DeliveryTest {
    private static final LocalBroker BROKER = LocalBroker.get();
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path dir;

    private String topic;
    private Receiver receiver;
    private TestDispatcher dispatcher;

    @BeforeEach
    void start() throws IOException {
        topic = BROKER.newTopic("delivery", 1);
        receiver = Receiver.start();
        dispatcher = TestDispatcher.start(dir, BROKER.bootstrapServers(), topic);
    }

    @AfterEach
    void stop() {
        dispatcher.close();
        receiver.close();
    }

    private long send(String key, String value) {
        return BROKER.send(topic, 0, key, value.getBytes(UTF_8)).offset();
    }

    private void awaitDelivered(String probe) {
        await().atMost(SOON).until(() -> {
            if (receiver.bodies().stream().noneMatch(probe::equals)) {
                send("probe", probe);
            }
            return receiver.bodies().contains(probe);
        });
    }

    private long committed() {
        return BROKER.committed("group-" + topic).getOrDefault(new TopicPartition(topic, 0), -1L);
    }

    @Test
    void saysThatItsPortIsTaken() {
        var free = Setup.of(dir, BROKER.bootstrapServers(), topic).settings();
        var taken = new WebhookSettings(
                new WebhookSettings.Server("127.0.0.1", dispatcher.port()),
                free.api(),
                free.access(),
                free.portal(),
                free.kafka(),
                free.routes(),
                free.tenant(),
                new WebhookSettings.Store("jdbc:h2:mem:taken;DB_CLOSE_DELAY=-1", "fanfare", "", 2),
                free.secrets(),
                free.intake(),
                free.lane(),
                free.egress(),
                free.endpoint(),
                free.topics(),
                free.retention(),
                free.tracing(),
                free.shutdown(),
                free.logging());
        assertThatThrownBy(() -> WebhookDispatcher.start(taken))
                .hasMessageContaining("port " + dispatcher.port())
                .hasMessageContaining("server.port");
    }

    @Test
    void deliversARecordSignedAndCommitsIt() {
        var endpoint = dispatcher.endpoint(receiver.url("/hook"), TestDispatcher.retrying(Duration.ZERO));
        awaitDelivered("{\"n\":0}");
        long offset = send("42", "{\"n\":1}");

        await().atMost(SOON).until(() -> receiver.bodies().contains("{\"n\":1}"));
        var call = receiver.calls().getLast();
        assertThat(call.isSignedWith(endpoint.secret())).isTrue();
        assertThat(call.id()).startsWith("msg_");
        assertThat(call.headers().get("content-type")).containsExactly("application/json");
        await().atMost(SOON).until(() -> committed() == offset + 1);
    }

    private static EndpointSettings asked(EndpointSettings from) {
        return new EndpointSettings(
                from.url(),
                from.channels(),
                from.eventTypes(),
                from.form(),
                from.retrySchedule(),
                from.timeout(),
                from.ratePerSecond(),
                from.concurrency(),
                from.ordering(),
                from.blockMax(),
                from.ttl(),
                from.conflate(),
                from.asymmetric(),
                true,
                from.headers(),
                from.description(),
                from.enabled());
    }

    @Test
    void saysToWhomTheReceiverConsented() {
        dispatcher.endpoint(receiver.url("/consented"), DeliveryTest::asked);
        dispatcher.endpoint(receiver.url("/plain"), settings -> settings);
        await().atMost(SOON).until(() -> {
            send("1", "{}");
            return receiver.calls().stream().map(Receiver.Call::path).distinct().count() == 2;
        });
        assertThat(receiver.calls())
                .allSatisfy(call -> assertThat(call.headers().get("origin"))
                        .isEqualTo(call.path().equals("/consented") ? List.of("fanfare.invalid") : null));
    }

    @Test
    void triesAgainWithTheSameIdAndCommitsMeanwhile() {
        dispatcher.endpoint(
                receiver.url("/hook"),
                TestDispatcher.retrying(Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1)));
        awaitDelivered("probe");
        var failures = new AtomicInteger(2);
        receiver.answer(call ->
                new Receiver.Reply(call.body().equals("x") && failures.getAndDecrement() > 0 ? 500 : 200, Map.of()));
        send("1", "x");
        send("1", "y");

        await().atMost(SOON)
                .until(() -> receiver.bodies().stream().filter("x"::equals).count() == 3);
        assertThat(receiver.calls().stream()
                        .filter(call -> call.body().equals("x"))
                        .map(Receiver.Call::id)
                        .distinct())
                .hasSize(1);
        assertThat(receiver.bodies().indexOf("y")).isLessThan(receiver.bodies().lastIndexOf("x"));
    }

    @Test
    void goesOnAfterARestartWithWhatIsParked() {
        dispatcher.endpoint(receiver.url("/hook"), TestDispatcher.retrying(Duration.ZERO, Duration.ofSeconds(2)));
        awaitDelivered("probe");
        receiver.answer(503);
        send("1", "parked");
        await().atMost(SOON).until(() -> receiver.bodies().contains("parked"));
        dispatcher.restart();
        receiver.answer(200);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> receiver.bodies().stream().filter("parked"::equals).count() == 2);
    }
}
