package dev.fanfare.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.config.AccessSettings.Anonymous;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.gateway.testing.WebSocketFrames;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who publishes, or asks for tickets, more than they may.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class PublishLimitsTest {
    private static final String ONE = "X-Forwarded-For: 198.51.100.7";
    private static final String OTHER = "X-Forwarded-For: 203.0.113.9";

    private static String topic;
    private static Issuer issuer;

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("publish-limits", 1);
        issuer = Issuer.start("https://id.example.com/");
    }

    @AfterAll
    static void stop() {
        issuer.close();
    }

    private static Gateways.Running gateway(Bounded bounded) {
        var secured = Secured.by(issuer);
        secured.anonymous = new Anonymous(Secured.patterns("**"), Secured.patterns("**"));
        var gateways = bounded.gateways(topic);
        gateways.access = secured.access();
        gateways.publish =
                new Publish(true, topic, 1 << 20, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 100_000);
        return gateways.start();
    }

    private static String bearer(String subject) {
        return "Authorization: Bearer " + issuer.allowing(subject, List.of("**"), List.of("**"));
    }

    private static RawClient.Answer post(Gateways.Running gateway, String path, int bytes, String... headers)
            throws IOException {
        try (var client = gateway.connect()) {
            var all = java.util.stream.Stream.concat(
                            java.util.Arrays.stream(headers), java.util.stream.Stream.of("Content-Length: " + bytes))
                    .toArray(String[]::new);
            return client.request("POST", path, all).send(new byte[bytes]).answer();
        }
    }

    private static int publish(Gateways.Running gateway, int bytes, String... headers) throws IOException {
        return post(gateway, "/v1/events?channel=a", bytes, headers).status();
    }

    private static void awaitRefusal(Gateways.Running gateway, String path, int bytes, String... headers) {
        await().untilAsserted(() -> {
            var answer = post(gateway, path, bytes, headers);
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.text()).contains("\"code\":\"too-many-requests\"");
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isPositive();
        });
    }

    private static double refused(Gateways.Running gateway, String reason) throws IOException {
        return gateway.metric("fanfare_refused_total", "reason=\"" + reason + "\"");
    }

    @Test
    void refusesAnAddressThatPublishesTooOften() throws IOException {
        var bounded = new Bounded();
        bounded.addressPublishesPerSecond = 1;
        try (var gateway = gateway(bounded)) {
            assertThat(publish(gateway, 1, ONE)).isEqualTo(202);
            awaitRefusal(gateway, "/v1/events?channel=a", 1, ONE);
            assertThat(publish(gateway, 1, OTHER)).isEqualTo(202);
            assertThat(publish(gateway, 1, ONE, bearer("u1"))).isEqualTo(202); // is known by its token
            assertThat(refused(gateway, "address-publishes")).isPositive();
            await().until(() -> publish(gateway, 1, ONE) == 202);
        }
    }

    @Test
    void refusesAPrincipalThatPublishesTooOftenWhereverItComesFrom() throws IOException {
        var bounded = new Bounded();
        bounded.principalPublishesPerSecond = 1;
        try (var gateway = gateway(bounded)) {
            assertThat(publish(gateway, 1, ONE, bearer("u1"))).isEqualTo(202);
            awaitRefusal(gateway, "/v1/events?channel=a", 1, OTHER, bearer("u1"));
            assertThat(publish(gateway, 1, ONE, bearer("u2"))).isEqualTo(202);
            assertThat(refused(gateway, "principal-publishes")).isPositive();
        }
    }

    @Test
    void refusesWhoHasPublishedTooManyBytesUntilThatIsMadeUpFor() throws IOException {
        var bounded = new Bounded();
        bounded.addressPublishBytesPerSecond = 10_000;
        bounded.principalPublishBytesPerSecond = 10_000;
        try (var gateway = gateway(bounded)) {
            for (var who : List.of(new String[] {ONE}, new String[] {ONE, bearer("u1")})) {
                assertThat(publish(gateway, 40_000, who)).isEqualTo(202); // more than a second's worth
                awaitRefusal(gateway, "/v1/events?channel=a", 1, who);
                await().until(() -> publish(gateway, 1, who) == 202);
            }
            assertThat(publish(gateway, 1, OTHER)).isEqualTo(202);
            assertThat(refused(gateway, "address-publish-bytes")).isPositive();
            assertThat(refused(gateway, "principal-publish-bytes")).isPositive();
        }
    }

    @Test
    void refusesAWebSocketThatPublishesTooOften() throws IOException {
        var bounded = new Bounded();
        bounded.addressPublishesPerSecond = 2;
        try (var gateway = gateway(bounded);
                var client = gateway.connect()) {
            client.get("/v1/events", WebSocketFrames.handshake());
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(WebSocketFrames.readText(client.in())).contains("ready");
            String answer;
            do {
                client.send(
                        WebSocketFrames.clientText("{\"type\":\"publish\",\"id\":\"7\",\"channel\":\"a\",\"data\":1}"));
                answer = WebSocketFrames.readText(client.in());
            } while (answer.contains("published"));
            assertThat(answer).startsWith("{\"type\":\"error\",\"id\":\"7\",\"code\":\"too-many-requests\"");
        }
    }

    @Test
    void refusesAPrincipalThatAsksForTooManyTickets() throws IOException {
        var bounded = new Bounded();
        bounded.principalTicketsPerSecond = 1;
        try (var gateway = gateway(bounded)) {
            assertThat(post(gateway, "/v1/tickets", 0, bearer("u1")).status()).isEqualTo(201);
            awaitRefusal(gateway, "/v1/tickets", 0, bearer("u1"));
            assertThat(post(gateway, "/v1/tickets", 0, bearer("u2")).status()).isEqualTo(201);
            assertThat(refused(gateway, "principal-tickets")).isPositive();
            await().until(() -> post(gateway, "/v1/tickets", 0, bearer("u1")).status() == 201);
        }
    }
}
