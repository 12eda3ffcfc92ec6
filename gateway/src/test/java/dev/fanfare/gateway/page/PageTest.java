package dev.fanfare.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.fanfare.browser.Browser;
import dev.fanfare.events.Routing;
import dev.fanfare.gateway.app.Gateway;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.config.OverloadSettings;
import dev.fanfare.gateway.config.PolicySettings;
import dev.fanfare.gateway.publish.Topics;
import dev.fanfare.gateway.testing.Open;
import dev.fanfare.quickstart.broker.EmbeddedKafka;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The page in a real browser, before a real gateway and a real broker.
@Timeout(180)
class PageTest {
    private static final List<String> PANELS = List.of("ws", "sse", "poll");

    @TempDir
    static Path dir;

    private static EmbeddedKafka broker;
    private static KafkaProducer<String, String> producer;
    private static Gateway gateway;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        var missing = Browser.missing();
        if (missing.isPresent()) {
            if ("true".equals(System.getenv("CI"))) {
                fail(missing.get());
            }
            abort(missing.get());
        }
        broker = EmbeddedKafka.start(dir.resolve("kafka"));
        for (var topic : List.of("orders", "prices", "notices", "events")) {
            Topics.create(broker, topic, Map.of());
        }
        var text = new StringSerializer();
        producer = new KafkaProducer<>(Map.<String, Object>copyOf(Topics.kafka(broker)), text, text);
        gateway = Gateway.start(settings(0));
        browser = Browser.start(Files.createDirectory(dir.resolve("browser")));
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable part : new AutoCloseable[] {browser, gateway, producer, broker}) {
            if (part != null) {
                part.close();
            }
        }
    }

    @BeforeEach
    void open() throws Exception {
        browser.open("http://127.0.0.1:" + gateway.port() + "/");
        awaitLive();
    }

    @Test
    void showsEventsInWordsInEveryPanelAsTheyCome() throws Exception {
        publish("orders", "4711", """
                {"order":"4711","status":"shipped","customer":"Ada Okafor","items":[{},{}],"total":24.5,"currency":"EUR"}
                """);
        publish("prices", "ACME", """
                {"symbol":"ACME","name":"Acme Works","price":131.2,"change":-0.35,"currency":"EUR"}
                """);
        publish("notices", null, "{\"level\":\"info\",\"text\":\"Tea is ready.\"}");
        publish("orders", "4712", "{\"anything\":[1,2]}");
        for (var panel : PANELS) {
            awaitCount(panel, "events", 4);
            assertThat(rows(panel))
                    .anySatisfy(row -> assertThat(row).contains("Order 4711", "shipped", "Ada Okafor", "24.50 EUR"))
                    .anySatisfy(row -> assertThat(row).contains("ACME 131.20 EUR", "−0.35", "Acme Works"))
                    .anySatisfy(row -> assertThat(row).contains("Tea is ready.", "info", "notices"))
                    .anySatisfy(row -> assertThat(row).contains("{\"anything\":[1,2]}", "orders.4712"))
                    .noneSatisfy(row -> assertThat(row).contains("replayed"));
            assertThat(text(panel, ".cursor code")).contains("…");
            assertThat(browser.evaluate("document.querySelector('#%s code').title.length".formatted(panel)))
                    .satisfies(length -> assertThat(Integer.parseInt(length)).isGreaterThan(40));
        }
        Files.write(Path.of("target", "page.png"), browser.screenshot());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws", "sse", "poll"})
    void replaysInOrderWhatWasPublishedWhileAPanelWasDisconnected(String panel) throws Exception {
        order(0);
        awaitCount(panel, "events", 1);
        browser.click("#" + panel + " .toggle");
        assertThat(text(panel, ".state")).isEqualTo("disconnected");
        for (int number = 1; number <= 300; number++) { // more than fits into one write
            order(number);
        }
        for (var other : PANELS) {
            awaitCount(other, "events", other.equals(panel) ? 1 : 301);
        }
        browser.click("#" + panel + " .toggle");
        awaitCount(panel, "events", 301);
        assertThat(text(panel, ".news")).contains("300 events replayed");
        assertThat(text(panel, ".state")).isEqualTo("live");
        assertThat(count(panel, "reconnects")).isEqualTo(1);
        assertLostAndDoubledNothing();
        assertThat(browser.evaluate(
                        "[...document.querySelectorAll('#%s .log b')].map(b => b.textContent).join()".formatted(panel)))
                .isEqualTo(String.join(
                        ",",
                        IntStream.range(0, 100)
                                .mapToObj(i -> "{\"number\":%d}".formatted(300 - i))
                                .toList()));
        order(301);
        awaitCount(panel, "events", 302);
        assertThat(rows(panel).getFirst()).contains("301").doesNotContain("replayed");
        assertThat(rows(panel).get(1)).contains("300").contains("replayed");
    }

    @Test
    void publishesAMessageThatComesBackInEveryPanel() throws Exception {
        browser.type("#publish [name=text]", "The kettle <b>is</b> on.");
        browser.click("#publish button");
        for (var panel : PANELS) {
            awaitCount(panel, "events", 1);
            assertThat(rows(panel).getFirst())
                    .contains("The kettle <b>is</b> on.")
                    .contains("notices");
        }
        await().untilAsserted(
                        () -> assertThat(browser.evaluate("document.querySelector('#publish .message').textContent"))
                                .contains("Published to notices: events/"));
        browser.type("#publish [name=channel]", "no spaces");
        browser.type("#publish [name=text]", "anything");
        browser.click("#publish button");
        await().untilAsserted(
                        () -> assertThat(browser.evaluate("document.querySelector('#publish .message').textContent"))
                                .contains("no spaces"));
    }

    @Test
    void subscribesToWhatIsAskedForAndSaysWhyItCannot() throws Exception {
        subscribe("orders.#");
        for (var panel : PANELS) {
            await().untilAsserted(() -> assertThat(text(panel, ".state")).isEqualTo("refused"));
            assertThat(text(panel, ".news")).contains("'#'").contains("**");
        }
        subscribe("prices.*, orders.1");
        awaitLive();
        order(1);
        publish("orders", "2", "{\"number\":2}");
        publish("prices", "ACME", "{\"number\":3}");
        for (var panel : PANELS) {
            awaitCount(panel, "events", 2);
            assertThat(rows(panel)).noneSatisfy(row -> assertThat(row).contains("orders.2"));
        }
    }

    @Test
    void comesBackByItselfAfterARestartOfTheGateway() throws Exception {
        int port = gateway.port();
        order(1);
        for (var panel : PANELS) {
            awaitCount(panel, "events", 1);
        }
        gateway.close();
        order(2);
        gateway = Gateway.start(settings(port));
        awaitLive();
        order(3);
        for (var panel : PANELS) {
            awaitCount(panel, "events", 3);
        }
        assertLostAndDoubledNothing();
    }

    @Test
    void runsNoScriptsAndStylesButItsOwn() throws Exception {
        assertThat(browser.evaluate("""
                (() => {
                  document.body.insertAdjacentHTML('beforeend', '<i id="made" style="display: none">made</i>');
                  const script = document.createElement('script');
                  script.textContent = 'window.ran = true';
                  document.body.append(script);
                  return [typeof window.ran, getComputedStyle(document.getElementById('made')).display === 'none'].join();
                })()
                """)).isEqualTo("undefined,false");
        assertThat(browser.evaluate("document.fonts.size + '/' + performance.getEntriesByType('resource')"
                        + ".filter(one => !one.name.startsWith(location.origin)).length"))
                .isEqualTo("0/0");
    }

    @Test
    void fitsASmallScreenAndTheDark() throws Exception {
        order(1);
        awaitCount("sse", "events", 1);
        var light = browser.evaluate("getComputedStyle(document.body).backgroundColor");
        browser.tool("Emulation.setEmulatedMedia", """
                {"features":[{"name":"prefers-color-scheme","value":"dark"}]}""");
        browser.tool("Emulation.setDeviceMetricsOverride", """
                {"width":360,"height":740,"deviceScaleFactor":1,"mobile":true}""");
        try {
            assertThat(browser.evaluate("innerWidth + '/' + document.documentElement.scrollWidth"))
                    .isEqualTo("360/360");
            assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
                    .isNotEqualTo(light);
            browser.click("#poll .toggle");
            assertThat(text("poll", ".state")).isEqualTo("disconnected");
        } finally {
            browser.tool("Emulation.setEmulatedMedia", "{\"features\":[]}");
            browser.tool("Emulation.clearDeviceMetricsOverride", "{}");
        }
    }

    private static GatewaySettings settings(int port) {
        var server = GatewaySettings.Server.DEFAULT;
        var session = GatewaySettings.Session.DEFAULT;
        var publish = GatewaySettings.Publish.DEFAULT;
        return new GatewaySettings(
                new GatewaySettings.Server(
                        server.host(),
                        port,
                        server.connectionsMax(),
                        server.backlog(),
                        server.sendBuffer(),
                        true,
                        server.tls()),
                Topics.kafka(broker),
                List.of(
                        new Routing.Rule(List.of("orders"), List.of("orders.{key}")),
                        new Routing.Rule(List.of("prices"), List.of("prices.{key}")),
                        new Routing.Rule(List.of("notices"), List.of("notices")),
                        new Routing.Rule(List.of("events"), List.of("{key}"))),
                GatewaySettings.DeadLetter.DEFAULT,
                GatewaySettings.Feed.DEFAULT,
                GatewaySettings.Log.DEFAULT,
                GatewaySettings.Replay.DEFAULT,
                new GatewaySettings.Session(
                        Duration.ofMillis(500),
                        Duration.ofMillis(500),
                        session.heartbeatMax(),
                        session.writeStall(),
                        session.stall(),
                        session.sseLife(),
                        session.channelsMax(),
                        session.eventMax(),
                        session.writeBytes(),
                        PolicySettings.DEFAULT),
                GatewaySettings.Transports.DEFAULT,
                GatewaySettings.WebSocket.DEFAULT,
                GatewaySettings.Poll.DEFAULT,
                new GatewaySettings.Publish(
                        true,
                        "events",
                        publish.bytesMax(),
                        publish.batchMax(),
                        publish.timeout(),
                        publish.idempotency(),
                        publish.idempotencyEntries()),
                Open.access(),
                Open.limits(),
                OverloadSettings.DEFAULT,
                new GatewaySettings.Shutdown(Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofMillis(500)));
    }

    private static void order(int number) throws Exception {
        publish("orders", "1", "{\"number\":%d}".formatted(number));
    }

    private static void publish(String topic, String key, String json) throws Exception {
        producer.send(new ProducerRecord<>(topic, key, json.strip())).get(30, TimeUnit.SECONDS);
    }

    private static void subscribe(String channels) throws Exception {
        browser.type("#subscribe [name=channels]", channels);
        browser.click("#subscribe button");
    }

    private static void awaitLive() {
        for (var panel : PANELS) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(text(panel, ".state")).as(panel).isEqualTo("live"));
        }
    }

    private static void awaitCount(String panel, String counter, int value) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(count(panel, counter))
                        .as("%s of %s", counter, panel)
                        .isEqualTo(value));
    }

    private static void assertLostAndDoubledNothing() throws Exception {
        for (var panel : PANELS) {
            assertThat(count(panel, "gaps")).as("gaps of %s", panel).isZero();
            assertThat(count(panel, "duplicates")).as("duplicates of %s", panel).isZero();
        }
    }

    private static int count(String panel, String counter) throws Exception {
        return Integer.parseInt(text(panel, "." + counter));
    }

    private static String text(String panel, String selector) throws Exception {
        return browser.evaluate("document.querySelector('#%s %s').textContent".formatted(panel, selector));
    }

    /// The panel's list from the top, each row with blanks between its parts.
    private static List<String> rows(String panel) throws Exception {
        var all = """
                [...document.querySelectorAll('#%s .log li')].map(row => row.innerText.replaceAll('\\n', ' ')).join('\\n')
                """.formatted(panel);
        return browser.evaluate(all).lines().toList();
    }
}
