package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// Long-polls of channels that belong to one topic.
record Polls(String topic) {
    private static final Pattern DATA = Pattern.compile("\"data\":\"?([^\"}]*)\"?}");

    static Polls ofNewTopic(String name) {
        return new Polls(LocalBroker.get().newTopic(name, 3));
    }

    /// A gateway that serves them.
    Gateways gateways() {
        return new Gateways().route(topic, "{topic}.{key}");
    }

    void publish(String key, String value) {
        LocalBroker.get().send(topic, 0, key, value.getBytes(UTF_8));
    }

    String url(String key, String... parameters) {
        return "/v1/events?channel=" + topic + "." + key + (parameters.length == 0 ? "" : "&")
                + String.join("&", parameters);
    }

    /// The data of an answer's events.
    static List<String> values(String answer) {
        return DATA.matcher(answer).results().map(match -> match.group(1)).toList();
    }

    static void awaitSessions(Gateways.Running gateway, int expected) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(gateway.metric("fanfare_sessions", "transport=\"poll\""))
                        .isEqualTo(expected));
    }
}
