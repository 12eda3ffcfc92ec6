package dev.fanfare.gateway.access;

import static dev.fanfare.gateway.testing.Secured.patterns;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.AccessSettings.Anonymous;
import dev.fanfare.gateway.config.AccessSettings.Cookie;
import dev.fanfare.gateway.config.AccessSettings.Grants;
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
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/// Orders of two tenants, an issuer of tokens for them, and a gateway: what tests of who may what have in common.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TwoTenants {
    static final String PUBLISH = "/v1/events?channel=";

    String topic;
    Issuer issuer;
    Gateways.Running gateway;

    @BeforeAll
    void start() {
        topic = LocalBroker.get().newTopic("identity", 1);
        issuer = Issuer.start("https://id.example.com/");
        gateway = gateway(secured());
    }

    @AfterAll
    void stop() {
        gateway.close();
        issuer.close();
    }

    final Secured secured() {
        var secured = Secured.by(issuer);
        secured.clockSkew = Duration.ofSeconds(5);
        secured.grants = new Grants(List.of(topic + ".{tenant}.**"), List.of());
        secured.anonymous = new Anonymous(patterns(topic + ".public"), List.of());
        secured.cookie = new Cookie(Optional.of("session"));
        return secured;
    }

    final Gateways.Running gateway(Secured secured) {
        var gateways = new Gateways().route(topic, topic + ".{key}").origins("https://app.example.com");
        gateways.access = secured.access();
        gateways.publish = new Publish(true, topic, 1 << 20, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 1000);
        return gateways.start();
    }

    final String of(String tenant) {
        return issuer.token("tenant", tenant);
    }

    static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    final String poll(String channel) {
        return "/v1/events?wait=0&channel=" + topic + "." + channel;
    }

    final RawClient.Answer post(String target, String body, String... headers) throws IOException {
        try (var client = gateway.connect()) {
            var all = Stream.concat(Stream.of(headers), Stream.of("Content-Length: " + body.length()))
                    .toArray(String[]::new);
            return client.request("POST", target, all).send(body).answer();
        }
    }

    static void assertRefused(RawClient.Answer answer, int status, String code, String... inDetail) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.text()).contains("\"code\":\"" + code + "\"");
        assertThat(inDetail).allSatisfy(part -> assertThat(answer.text()).contains(part));
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer realm=\"fanfare\"");
    }

    /// Each way to come in, as a request for a channel of the topic.
    static Stream<String> ways() {
        return Stream.of("sse", "poll", "ws");
    }

    final RawClient.Answer ask(String way, String query, String... headers) throws IOException {
        return switch (way) {
            case "ws" -> gateway.get("/v1/events?" + query, WebSocketFrames.handshake(headers));
            case "sse" ->
                gateway.get(
                        "/v1/events?" + query,
                        Stream.concat(Stream.of(headers), Stream.of("Accept: text/event-stream"))
                                .toArray(String[]::new));
            default -> gateway.get("/v1/events?wait=0&" + query, headers);
        };
    }
}
