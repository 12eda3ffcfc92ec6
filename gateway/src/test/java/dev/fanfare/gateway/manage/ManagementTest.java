package dev.fanfare.gateway.manage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanfare.gateway.config.AccessSettings.Anonymous;
import dev.fanfare.gateway.config.ManagementSettings;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Issuer;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.gateway.testing.Secured;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What an operator sees of a gateway, and does to it.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a read is not interruptible
class ManagementTest {
    private static final String SECRET = "never-to-be-seen";

    private static String topic;
    private static Issuer issuer;
    private static Gateways.Running gateway;
    private static Operator operator;

    private final List<RawClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() {
        topic = LocalBroker.get().newTopic("management", 1);
        issuer = Issuer.start("https://id.example.com/");
        var gateways = new Gateways().route(topic, topic + ".{key}");
        var secured = Secured.by(issuer);
        secured.anonymous = new Anonymous(Secured.patterns("**"), Secured.patterns("**"));
        gateways.access = secured.access();
        gateways.management = new ManagementSettings(true, "127.0.0.1", 0, Optional.of(Operator.TOKEN), 0);
        gateways.kafka.put("ssl.key.password", SECRET);
        gateway = gateways.start();
        operator = Operator.of(gateway);
    }

    @AfterAll
    static void stop() {
        gateway.close();
        issuer.close();
    }

    @AfterEach
    void leave() throws IOException {
        for (var client : clients) {
            client.close();
        }
        await().until(() -> operator.get("/v1/sessions").get("total"), total -> total.equals(0L));
    }

    @Test
    void letsOnlyOperatorsIn() throws IOException {
        assertThat(status("")).isEqualTo(401);
        assertThat(status("Authorization: Bearer " + "x".repeat(40))).isEqualTo(401);
        assertThat(status("Authorization: Bearer " + issuer.token())).isEqualTo(403);
        assertThat(status("Authorization: Bearer " + issuer.token("scope", "fanfare:manage")))
                .isEqualTo(403);
        assertThat(status("Authorization: Bearer " + issuer.token("scope", "a fanfare:operate")))
                .isEqualTo(200);
        assertThat(status("Authorization: Bearer " + Operator.TOKEN)).isEqualTo(200);
        assertThat(status("Cookie: token=" + Operator.TOKEN)).isEqualTo(401);
        assertThat(operator.ask("GET", "/v1/node?access_token=x").status()).isEqualTo(400);
        assertThat(gateway.get("/v1/node", "Authorization: Bearer " + Operator.TOKEN)
                        .status())
                .isEqualTo(404);
    }

    private static int status(String header) throws IOException {
        try (var client = RawClient.connect(operator.port())) {
            return (header.isEmpty() ? client.get("/v1/node") : client.get("/v1/node", header))
                    .answer()
                    .status();
        }
    }

    @Test
    void doesNotStartIfNobodyCouldUseItOrAnybodyGuess() {
        assertThatThrownBy(() -> managed(Optional.empty()).startUnready())
                .hasMessage("management.enabled: nobody could use it: set management.token or access.issuers");
        assertThatThrownBy(() -> managed(Optional.of("too-short")).startUnready())
                .hasMessageStartingWith("management.token: is refused: it must have 32 or more characters")
                .hasMessageNotContaining("too-short");
    }

    private static Gateways managed(Optional<String> token) {
        var gateways = new Gateways().route(topic, topic + ".{key}");
        gateways.management = new ManagementSettings(true, "127.0.0.1", 0, token, 0);
        return gateways;
    }

    @Test
    void refusesWhatItDoesNotKnow() throws IOException {
        assertThat(operator.ask("GET", "/v1/sessions?transprot=sse").text()).contains("did you mean 'transport'");
        assertThat(operator.ask("GET", "/v1/sessions?limit=0").text()).contains("from 1 to 1000");
        assertThat(operator.ask("GET", "/v1/channels/a..b").text()).contains("invalid-channel");
        assertThat(operator.ask("GET", "/v1/sessions/none").text()).contains("no-session");
        assertThat(operator.ask("POST", "/v1/sessions").status()).isEqualTo(405);
        assertThat(operator.ask("GET", "/v1/none").status()).isEqualTo(404);
    }

    @Test
    void listsSessionsAndFindsThem() throws IOException {
        open("sse", channel("a"), "");
        open("sse", channel("a") + "&channel=" + channel("b"), issuer.allowing("u-7", List.of("**"), List.of()));
        open("poll", channel("c"), "");
        await().until(() -> ids("").size() == 3);

        assertThat(ids("?transport=sse")).hasSize(2);
        assertThat(ids("?transport=poll")).singleElement().asString().startsWith("poll-");
        assertThat(ids("?subject=u-7")).hasSize(1);
        assertThat(ids("?subject=u-8")).isEmpty();
        assertThat(ids("?address=127.0.0.1")).hasSize(3);
        assertThat(ids("?address=127.0.0.2")).isEmpty();
        assertThat(ids("?channel=" + channel("a"))).hasSize(2);
        assertThat(ids("?channel=" + channel("b"))).isEqualTo(ids("?subject=u-7"));
        assertThat(ids("?channel=" + topic + ".*")).isEmpty();
        assertThat(ids("?state=replaying")).isEmpty();

        var first = operator.get("/v1/sessions?limit=2");
        var rest = operator.get("/v1/sessions?limit=2&after=" + first.get("next"));
        assertThat(first).containsEntry("total", 3L);
        assertThat(rest).doesNotContainKey("next");
        assertThat((List<?>) rest.get("sessions")).hasSize(1);
    }

    @Test
    void showsOneSession() throws IOException {
        open("sse", channel("a") + "&channel=" + channel("b") + "&policy=conflate", "");
        var id = only(ids(""));

        assertThat(operator.ask("GET", "/v1/sessions/" + id).text())
                .contains("\"transport\":\"sse\"", "\"state\":\"live\"", "\"address\":\"127.0.0.1\"", "\"cursor\":\"")
                .contains(
                        "{\"channel\":\"%s\",\"policy\":\"conflate\",\"priority\":\"normal\"}".formatted(channel("b")))
                .contains("\"waitingEvents\":0", "\"unwrittenBytes\":0");
    }

    @Test
    void sendsOneSessionAwayAndNoOther() throws IOException {
        var moved = open("sse", channel("moved"), "");
        var ended = open("sse", channel("ended"), "");
        open("sse", channel("stays"), "");
        var stays = only(ids("?channel=" + channel("stays")));

        var first = only(ids("?channel=" + channel("moved")));
        assertThat(operator.ask("POST", "/v1/sessions/" + first + "/move").status())
                .isEqualTo(202);
        assertThat(new String(moved.in().readAllBytes(), UTF_8)).contains("retry:");
        var second = only(ids("?channel=" + channel("ended")));
        assertThat(operator.ask("POST", "/v1/sessions/" + second + "/disconnect")
                        .status())
                .isEqualTo(202);
        assertThat(new String(ended.in().readAllBytes(), UTF_8)).contains("disconnected");
        await().until(() -> ids(""), List.of(stays)::equals);
        assertThat(operator.ask("POST", "/v1/sessions/" + first + "/move").status())
                .isEqualTo(404);
    }

    @Test
    void showsWhoDoesNotRead() throws IOException {
        open("sse", channel("quick"), "");
        open("sse", channel("slow"), "");
        var slow = only(ids("?channel=" + channel("slow")));
        for (int i = 0; i < 120; i++) {
            LocalBroker.get().send(topic, null, "slow", new byte[200_000]); // beyond any socket's buffers
        }

        await().until(() -> ids("?sort=slowest").equals(List.of(slow)));
        var session = operator.get("/v1/sessions/" + slow);
        assertThat(session.get("unwrittenBytes")).isNotEqualTo(0L);
        assertThat(session).extractingByKey("channels").asString().contains(channel("slow"));
    }

    @Test
    void showsChannels() throws IOException {
        open("sse", channel("busy"), "");
        open("sse", channel("busy"), "");
        open("sse", topic + ".*", "");
        for (int i = 0; i < 3; i++) {
            LocalBroker.get().send(topic, null, "busy", "{}".getBytes(UTF_8));
        }
        await().until(() ->
                operator.ask("GET", "/v1/channels/" + channel("busy")).text().contains("\"events\":3"));

        var channel = operator.get("/v1/channels/" + channel("busy"));
        assertThat(channel).containsEntry("subscribers", 2L);
        assertThat(channel.get("patterns")).asString().contains("pattern=" + topic + ".*", "subscribers=1");
        assertThat(channel.get("oldest")).asString().contains("topic=" + topic, "offset=");
        assertThat(operator.list("/v1/channels?sort=subscribers&limit=1", "channels"))
                .extracting(line -> line.get("channel"))
                .containsExactly(channel("busy"));
        assertThat(operator.ask("GET", "/v1/channels/" + topic + ".*").text()).contains("\"subscribers\":1");
        assertThat(operator.ask("GET", "/v1/channels/" + channel("nobody")).status())
                .isEqualTo(404);
    }

    @Test
    void showsTheNodeAndItsConfigurationWithoutSecrets() throws IOException {
        open("sse", channel("a"), "");
        var node = operator.get("/v1/node");
        assertThat(node).containsEntry("ready", true).containsEntry("kafkaReachable", true);
        assertThat(node.get("sessions")).asString().contains("sse=1");

        var nodes = operator.get("/v1/nodes");
        assertThat(nodes.get("doubt")).asString().contains("only this node", "cluster.presence.topic");
        assertThat(operator.list("/v1/nodes", "nodes"))
                .singleElement()
                .satisfies(only -> assertThat(only)
                        .containsEntry("self", true)
                        .containsEntry("ready", true)
                        .containsEntry("sessions", Map.of("ws", 0L, "sse", 1L, "poll", 0L)));

        var config = operator.ask("GET", "/v1/config").text();
        assertThat(config)
                .contains("\"write-stall\":\"5s\"", "\"bootstrap.servers\":\"127.0.0.1", "\"ssl.key.password\":\"***\"")
                .contains("\"token\":\"***\"", "\"issuer\":\"https://id.example.com/\"")
                .doesNotContain(SECRET, Operator.TOKEN);
    }

    @Test
    void drainsAndTakesThatBack() throws IOException {
        var client = open("sse", channel("a"), "");
        var other = open("sse", channel("a"), "");
        assertThat(operator.get("/v1/node/drain")).containsEntry("state", "none");

        assertThat(operator.ask("POST", "/v1/node/drain?over=600&notice=600").status())
                .isEqualTo(202);
        assertThat(operator.get("/v1/node/drain"))
                .containsEntry("state", "notice")
                .containsEntry("left", 2L);
        assertThat(gateway.get("/health/ready").status()).isEqualTo(503);
        open("sse", channel("b"), ""); // is let in all the same
        assertThat(Operator.json(operator.ask("DELETE", "/v1/node/drain"))).containsEntry("state", "cancelled");
        assertThat(gateway.get("/health/ready").status()).isEqualTo(200);

        operator.ask("POST", "/v1/node/drain?over=3600&notice=0");
        await().until(() -> operator.get("/v1/node/drain").get("state"), state -> !state.equals("notice"));
        assertThat(gateway.get("/v1/events?channel=a").status()).isEqualTo(503);
        assertThat(operator.get("/v1/node/drain"))
                .containsEntry("state", "draining")
                .containsEntry("left", 3L);
        operator.ask("DELETE", "/v1/node/drain");

        var last = Operator.json(operator.ask("POST", "/v1/node/drain?over=0&notice=1"));
        var end = Instant.parse(String.valueOf(last.get("ends")));
        operator.ask("DELETE", "/v1/node/drain");
        await().until(() -> Instant.now().isAfter(end.plusMillis(200))); // when it would have sent all away
        assertThat(operator.get("/v1/node/drain"))
                .containsEntry("state", "cancelled")
                .containsEntry("left", 3L);

        operator.ask("POST", "/v1/node/drain?over=0&notice=0");
        await().until(() -> operator.get("/v1/node/drain").get("state"), "done"::equals);
        assertThat(client.in().readAllBytes()).asString().contains("retry:");
        assertThat(other.in().readAllBytes()).asString().contains("retry:");
        assertThat(gateway.get("/v1/events?channel=a").status()).isEqualTo(503);

        operator.ask("DELETE", "/v1/node/drain");
        open("sse", channel("a"), "");
        assertThat(ids("")).hasSize(1);
    }

    private static String channel(String key) {
        return topic + "." + key;
    }

    /// A client that waits for events.
    private RawClient open(String transport, String channels, String token) throws IOException {
        var client = gateway.connect();
        clients.add(client);
        var headers = new ArrayList<String>();
        if (!token.isEmpty()) {
            headers.add("Authorization: Bearer " + token);
        }
        var target = "/v1/events?channel=" + channels;
        long before = total();
        if (transport.equals("sse")) {
            assertThat(client.openStream(target, headers.toArray(String[]::new)).status())
                    .isEqualTo(200);
            await().until(() -> total() > before); // the head is written before the session is there
        } else {
            client.get(target + "&wait=30s", "Accept: application/json");
        }
        return client;
    }

    private static long total() throws IOException {
        return Long.parseLong(String.valueOf(operator.get("/v1/sessions").get("total")));
    }

    private static List<String> ids(String query) throws IOException {
        return operator.list("/v1/sessions" + query, "sessions").stream()
                .map(ManagementTest::id)
                .toList();
    }

    private static String id(Map<String, Object> session) {
        return String.valueOf(session.get("id"));
    }

    private static String only(List<String> ids) {
        assertThat(ids).hasSize(1);
        return ids.getFirst();
    }
}
