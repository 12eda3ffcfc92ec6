package dev.fanfare.gateway.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.browser.Browser;
import dev.fanfare.browser.Contrast;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.config.GatewaySettings.Server;
import dev.fanfare.gateway.config.TlsSettings;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.Missing;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The page in a real browser, before a real gateway and a real broker.
@Timeout(180)
class PageTest {
    private static final Map<String, String> NAMES =
            Map.of("auto", "WebSocket", "ws", "WebSocket", "sse", "SSE", "poll", "Long-poll");

    @TempDir
    static Path dir;

    private static final Map<String, String> topics = new HashMap<>(); // by what the page calls them
    private static Gateways.Running gateway;
    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        var missing = Browser.missing();
        if (missing.isPresent()) {
            throw Missing.here(missing.get());
        }
        for (var name : List.of("orders", "prices", "notices", "events")) {
            topics.put(name, LocalBroker.get().newTopic(name, 3));
        }
        gateway = start(0);
        browser = Browser.start(Files.createDirectory(dir.resolve("browser")));
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable part : new AutoCloseable[] {browser, gateway}) {
            if (part != null) {
                part.close();
            }
        }
    }

    @BeforeEach
    void open() throws Exception {
        open("/?last=0"); // what other tests have published is not this one's
    }

    private static void open(String path) throws Exception {
        browser.open("http://127.0.0.1:" + gateway.port() + path);
        awaitLive();
    }

    @Test
    void beginsWithTheLastEvents() throws Exception {
        publish("orders", "4711", "{\"order\":\"4711\",\"status\":\"placed\"}");
        publish("notices", null, "{\"text\":\"Tea was ready.\"}");
        awaitCount("events", 2);
        open("/");
        await().untilAsserted(() -> {
            assertThat(rows("orders")).anySatisfy(row -> assertThat(row).contains("Order 4711"));
            assertThat(rows("notices")).anySatisfy(row -> assertThat(row).contains("Tea was ready."));
            assertThat(text("#news")).matches("Connected: \\d+ events from before\\.");
        });
        assertThat(dots("came") + dots("caught")).as("dots in the chart of now").isZero();
        publish("notices", null, "{\"text\":\"Tea is ready again.\"}");
        await().untilAsserted(() -> assertThat(dots("came")).isEqualTo(1));
        assertThat(rows("notices").getFirst()).contains("Tea is ready again.");
    }

    @Test
    void showsEventsInWordsWhereTheyBelong() throws Exception {
        publish("orders", "4711", """
                {"order":"4711","status":"placed","customer":"Ada Okafor","items":[{},{}],"total":24.5,"currency":"EUR"}
                """);
        publish("orders", "4711", """
                {"order":"4711","status":"shipped","customer":"Ada Okafor","items":[{},{}],"total":24.5,"currency":"EUR"}
                """);
        publish("prices", "ACME", """
                {"symbol":"ACME","name":"Acme Works","price":131.2,"change":-0.35,"currency":"EUR"}
                """);
        publish("notices", null, "{\"level\":\"important\",\"text\":\"Tea is ready.\"}");
        publish("orders", "4712", "{\"anything\":[1,2]}");
        awaitCount("events", 5);
        assertThat(rows("orders"))
                .singleElement()
                .asString()
                .contains("Order 4711", "shipped", "Ada Okafor", "2 items", "24.50 EUR");
        assertThat(rows("prices")).singleElement().asString().contains("ACME", "131.20 EUR", "−0.35", "Acme Works");
        assertThat(rows("notices"))
                .anySatisfy(row -> assertThat(row).contains("Tea is ready.", "important", "notices"))
                .anySatisfy(row -> assertThat(row).contains("{\"anything\":[1,2]}", "orders.4712"))
                .hasSize(2);
        await().untilAsserted(() -> {
            assertThat(text("#median")).endsWith("s");
            assertThat(dots("came")).isEqualTo(5);
        });
        assertThat(text("#news")).isEqualTo("Connected.");
        assertLostAndDoubledNothing();
    }

    @ParameterizedTest
    @CsvSource({"auto, WebSocket", "ws, WebSocket", "sse, SSE", "poll, Long-poll"})
    void catchesUpInOrderWithWhatWasPublishedWhileItWasCut(String transport, String name) throws Exception {
        use(transport, name);
        order(1);
        awaitCount("events", 1);
        browser.click("#cut");
        assertThat(text("#state")).isEqualTo("cut");
        assertThat(text("#transport")).isEmpty();
        awaitSessions(0);
        for (int sequence = 2; sequence <= 301; sequence++) { // more than fits into one write
            order(sequence);
        }
        assertThat(count("events")).isEqualTo(1);
        browser.click("#cut");
        awaitCount("events", 301);
        assertThat(text("#news")).contains("300 events caught up");
        assertThat(text("#state")).isEqualTo("live");
        assertThat(text("#transport")).isEqualTo(name);
        assertThat(count("reconnects")).isEqualTo(1);
        await().untilAsserted(() -> assertThat(dots("caught")).isEqualTo(300));
        assertLostAndDoubledNothing();
        assertThat(browser.evaluate(
                        "[...document.querySelectorAll('#notices .rows b')].map(b => b.textContent).join()"))
                .isEqualTo(String.join(
                        ",",
                        IntStream.range(0, 50)
                                .mapToObj(i -> "{\"sequence\":%d}".formatted(301 - i))
                                .toList()));
        order(302);
        awaitCount("events", 302);
        assertThat(text("#news")).contains("300 events caught up");
    }

    @Test
    void goesOnFromTransportToTransport() throws Exception {
        int sequence = 0;
        for (var transport : List.of("poll", "ws", "auto", "sse")) {
            order(++sequence);
            awaitCount("events", sequence);
            browser.click("#cut");
            awaitSessions(0);
            choose(transport);
            order(++sequence);
            browser.click("#cut");
            awaitTransport(NAMES.get(transport));
            awaitCount("events", sequence);
        }
        awaitSessions(1);
        assertLostAndDoubledNothing();
    }

    @Test
    void countsWhatIsMissingAndWhatComesTwice() throws Exception {
        for (int sequence : List.of(7, 8, 11, 10, 12)) {
            order(sequence);
        }
        awaitCount("events", 5);
        assertThat(count("missing")).isEqualTo(2);
        assertThat(count("duplicates")).isEqualTo(1);
        order(1); // the publisher has started anew
        order(2);
        awaitCount("events", 7);
        assertThat(count("missing")).isEqualTo(2);
        assertThat(count("duplicates")).isEqualTo(1);
    }

    @Test
    void publishesAMessageThatComesBack() throws Exception {
        browser.type("#publish [name=text]", "The kettle <b>is</b> on.");
        browser.click("#publish button");
        awaitCount("events", 1);
        assertThat(rows("notices").getFirst())
                .contains("The kettle <b>is</b> on.")
                .contains("notices");
        await().untilAsserted(() -> assertThat(text("#publish .message")).contains("Published to notices: events-"));
        browser.type("#publish [name=channel]", "no spaces");
        browser.type("#publish [name=text]", "anything");
        browser.click("#publish button");
        await().untilAsserted(() -> assertThat(text("#publish .message")).contains("no spaces"));
    }

    @Test
    void subscribesToWhatIsAskedForAndSaysWhyItCannot() throws Exception {
        subscribe("orders.#");
        await().untilAsserted(() -> assertThat(text("#state")).isEqualTo("refused"));
        assertThat(text("#news")).contains("'#'").contains("**");
        subscribe("prices.*, orders.1");
        awaitLive();
        order(1);
        publish("orders", "2", "{\"sequence\":2}");
        publish("prices", "ACME", "{\"sequence\":3}");
        awaitCount("events", 2);
        assertThat(rows("notices")).noneSatisfy(row -> assertThat(row).contains("orders.2"));
    }

    @ParameterizedTest
    @CsvSource({"ws, WebSocket", "sse, SSE", "poll, Long-poll"})
    void comesBackByItselfAfterARestartOfTheGateway(String transport, String name) throws Exception {
        use(transport, name);
        int port = gateway.port();
        order(1);
        awaitCount("events", 1);
        gateway.close();
        order(2);
        gateway = start(port);
        awaitLive();
        order(3);
        awaitCount("events", 3);
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
    void hasANameForEverythingThatCanBeUsed() throws Exception {
        assertThat(browser.evaluate("""
                [...document.querySelectorAll('input, button, [tabindex], section, [role=img], nav')]
                  .filter(one => !(one.labels?.length || one.ariaLabel || one.textContent.trim()
                    || document.getElementById(one.getAttribute('aria-labelledby'))))
                  .map(one => one.outerHTML).join()
                """)).isEmpty();
        assertThat(browser.evaluate("[...document.querySelectorAll('[role=status], [aria-live]')].map("
                        + "one => one.id || one.className).join()"))
                .isEqualTo("news,message"); // nothing that changes with each event is read out
    }

    @ParameterizedTest
    @CsvSource({"light, 360", "dark, 360", "light, 768", "dark, 1280"})
    void fitsEachScreenInBothThemes(String theme, int width) throws Exception {
        browser.tool("Emulation.setEmulatedMedia", """
                {"features":[{"name":"prefers-color-scheme","value":"%s"}]}""".formatted(theme));
        browser.tool("Emulation.setDeviceMetricsOverride", """
                {"width":%d,"height":740,"deviceScaleFactor":1,"mobile":%b}""".formatted(width, width < 1000));
        try {
            publish("orders", "1", """
                    {"order":"000001","status":"delivered","customer":"%s","items":[{}],"total":24.5,"currency":"EUR"}
                    """.formatted("Maximiliane ".repeat(8)));
            publish("prices", "ACME", """
                    {"symbol":"ACME","name":"Amalgamated Works of Somewhere","price":131111.2,"change":-1234.35}
                    """);
            publish("notices", null, "{\"text\":\"%s\"}".formatted("endless".repeat(60)));
            awaitCount("events", 3);
            assertThat(browser.evaluate("innerWidth + '/' + (document.documentElement.scrollWidth"
                            + " - document.documentElement.clientWidth)"))
                    .isEqualTo(width + "/0");
            assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
                    .isEqualTo(theme.equals("dark") ? "rgb(16, 20, 26)" : "rgb(244, 246, 249)");
            assertThat(Contrast.lowest(browser)).isGreaterThanOrEqualTo(4.5); // WCAG 2.2, 1.4.3
            browser.click("#cut");
            assertThat(text("#state")).isEqualTo("cut");
            assertThat(Contrast.lowest(browser)).isGreaterThanOrEqualTo(4.5);
        } finally {
            browser.tool("Emulation.setEmulatedMedia", "{\"features\":[]}");
            browser.tool("Emulation.clearDeviceMetricsOverride", "{}");
        }
    }

    private static Gateways.Running start(int port) {
        var gateways = new Gateways()
                .route(topics.get("orders"), "orders.{key}")
                .route(topics.get("prices"), "prices.{key}")
                .route(topics.get("notices"), "notices")
                .route(topics.get("events"), "{key}")
                .heartbeats(Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofSeconds(60));
        gateways.server = new Server("127.0.0.1", port, 15_000, 4096, 65_536, true, TlsSettings.OFF);
        gateways.publish = new Publish(
                true, topics.get("events"), 1 << 20, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 1000);
        return gateways.start();
    }

    private static void order(int sequence) throws Exception {
        publish("orders", "1", "{\"sequence\":%d}".formatted(sequence));
    }

    private static void publish(String topic, String key, String json) throws Exception {
        LocalBroker.get().send(topics.get(topic), null, key, json.strip().getBytes(UTF_8));
    }

    private static void subscribe(String channels) throws Exception {
        browser.type("#subscribe [name=channels]", channels);
        browser.click("#subscribe button");
    }

    private static void use(String transport, String name) throws Exception {
        choose(transport);
        awaitTransport(name);
    }

    private static void choose(String transport) throws Exception {
        browser.click("#connection label:has([value=%s])".formatted(transport));
    }

    private static void awaitTransport(String name) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(text("#transport")).isEqualTo(name));
    }

    private static void awaitSessions(int value) {
        await().atMost(Duration.ofSeconds(30)).until(() -> sessions() == value);
    }

    private static double sessions() throws IOException {
        return gateway.get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith("fanfare_sessions{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static void awaitLive() {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(text("#state")).isEqualTo("live"));
    }

    private static void awaitCount(String counter, int value) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(count(counter)).as(counter).isEqualTo(value));
    }

    private static void assertLostAndDoubledNothing() throws Exception {
        assertThat(count("missing")).as("missing").isZero();
        assertThat(count("duplicates")).as("duplicates").isZero();
    }

    private static int count(String counter) throws Exception {
        return Integer.parseInt(text("#" + counter));
    }

    private static int dots(String kind) throws Exception {
        return Integer.parseInt(browser.evaluate(
                "document.querySelector('#chart .%s').getAttribute('d').split('M').length - 1".formatted(kind)));
    }

    private static String text(String selector) throws Exception {
        return browser.evaluate("document.querySelector('%s').textContent".formatted(selector));
    }

    /// A list of the page from the top, each row with blanks between its parts.
    private static List<String> rows(String section) throws Exception {
        var all = """
                [...document.querySelectorAll('#%s :is(.rows, .tiles) > li')]
                  .map(row => row.innerText.replaceAll('\\n', ' ')).join('\\n')
                """.formatted(section);
        return browser.evaluate(all).lines().toList();
    }
}
