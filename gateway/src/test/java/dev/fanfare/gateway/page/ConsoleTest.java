package dev.fanfare.gateway.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.fanfare.browser.Browser;
import dev.fanfare.browser.Contrast;
import dev.fanfare.gateway.config.ClusterSettings;
import dev.fanfare.gateway.config.ManagementSettings;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.gateway.testing.RawClient;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The console in a real browser, before a real gateway with clients.
@Timeout(120)
class ConsoleTest {
    private static final String TOKEN = "of-the-operator-and-of-nobody-else-0123456789";

    /// What another node says.
    private static final String TOLD = """
            {"node":"elsewhere","lease":"PT1M","version":"0.9","ready":"false","overload":"2","ws":"0","sse":"42",
            "poll":"0","deliveries":"17","events":"3","lag":"1234"}""";

    @TempDir
    static Path dir;

    private static String topic;
    private static String nodes;
    private static Gateways.Running gateway;
    private static Browser browser;

    private final List<RawClient> clients = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        var missing = Browser.missing();
        if (missing.isPresent()) {
            if ("true".equals(System.getenv("CI"))) {
                fail(missing.get());
            }
            abort(missing.get());
        }
        topic = LocalBroker.get().newTopic("console", 1);
        var gateways = new Gateways().route(topic, topic + ".{key}");
        gateways.management = new ManagementSettings(true, "127.0.0.1", 0, Optional.of(TOKEN), 0);
        nodes = LocalBroker.get().newTopic("console-nodes", 1);
        gateways.cluster = new ClusterSettings(
                Optional.of("here"),
                Optional.empty(),
                new ClusterSettings.Presence(
                        Optional.of(nodes), List.of(), List.of(), Duration.ofMillis(100), Duration.ofSeconds(1), 1, 1));
        gateway = gateways.start();
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
        browser.open("http://127.0.0.1:%d/"
                .formatted(gateway.gateway().managementPort().orElseThrow()));
        browser.evaluate("sessionStorage.clear()");
        browser.open("http://127.0.0.1:%d/"
                .formatted(gateway.gateway().managementPort().orElseThrow()));
    }

    @AfterEach
    void leave() throws Exception {
        for (var client : clients) {
            client.close();
        }
    }

    @Test
    void letsInWhoHasTheTokenAndKeepsItInTheTab() throws Exception {
        signIn("x".repeat(40));
        awaitText("#refusal", "management.token");
        assertThat(browser.evaluate("board.hidden")).isEqualTo("true");

        signIn(TOKEN);
        awaitText("#state", "ready");
        assertThat(browser.evaluate("document.cookie + localStorage.length")).isEqualTo("0");
        assertThat(browser.evaluate("document.documentElement.outerHTML.includes('%s')".formatted(TOKEN)))
                .isEqualTo("false");

        browser.click("#leave");
        assertThat(browser.evaluate("sessionStorage.length + '/' + board.hidden + '/' + document.activeElement.id"))
                .isEqualTo("0/true/token");
    }

    @Test
    void showsClientsAndChannels() throws Exception {
        listen("busy");
        listen("busy");
        listen("other");
        LocalBroker.get().send(topic, null, "busy", "{}".getBytes(UTF_8));
        signIn(TOKEN);
        awaitText("#sse-count", "3");
        awaitText("#channels tbody tr", topic + ".busy");
        assertThat(text("#found")).isEqualTo("3 of 3");
        assertThat(text("#slowest tbody")).contains("Nobody");

        browser.type("#find [name=channel]", topic + ".other");
        browser.click("#find button");
        awaitText("#found", "1 of 1");
        browser.click("#sessions tbody button");
        awaitText("#detail tbody", "resume");
        assertThat(text("#detail-facts")).contains("Address127.0.0.1", "Statelive");
        browser.click("#record");
        awaitAttribute("#record", "aria-pressed", "true");
        LocalBroker.get().send(topic, null, "other", "{}".getBytes(UTF_8));
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            browser.click("#why button");
            return text("#decisions tbody").contains("written");
        });
        assertThat(text("#decisions tbody")).containsSubsequence("matched", "queued", "written");

        browser.click("#move");
        assertThat(text("#move")).isEqualTo("Yes, move");
        browser.click("#move");
        awaitText("#detail-news", "told to come back");
        assertThat(clients.getLast().in().readAllBytes()).asString(UTF_8).contains("retry:");

        browser.click("#detail tbody button");
        awaitText("#detail-title", "Channel " + topic + ".other");
        browser.click("#detail-close");
        assertThat(browser.evaluate("detail.open")).isEqualTo("false");
    }

    @Test
    void showsTheOtherNodesAsTheyTell() throws Exception {
        listen("a");
        signIn(TOKEN);
        awaitText("#nodes tbody", "here (this one)");
        assertThat(text("#doubt")).isEmpty();
        LocalBroker.get().send(nodes, null, "its-run", TOLD.getBytes(UTF_8));
        awaitText("#nodes-sum", "2 nodes, 43 sessions");
        assertThat(text("#nodes tbody tr:first-child"))
                .contains("elsewhere", "0.9", "not ready", "overloaded (2)", "42", "17/s", "1,234");
        LocalBroker.get().send(nodes, null, "its-run", null);
        awaitText("#nodes-sum", "1 node, 1 session");
    }

    @Test
    void saysThatItKnowsOfNoOtherNode() throws Exception {
        var gateways = new Gateways().route(topic, topic + ".{key}");
        gateways.management = new ManagementSettings(true, "127.0.0.1", 0, Optional.of(TOKEN), 0);
        try (var alone = gateways.start()) {
            browser.open("http://127.0.0.1:%d/"
                    .formatted(alone.gateway().managementPort().orElseThrow()));
            signIn(TOKEN);
            awaitText(
                    "#doubt", "only this node is shown: nodes know of each other where cluster.presence.topic is set");
            assertThat(text("#nodes-sum")).isEqualTo("1 node, 0 sessions");
            noTableIsCut();
        }
    }

    @Test
    void drainsWhenAskedTwiceAndTakesItBack() throws Exception {
        listen("a");
        signIn(TOKEN);
        awaitText("#sse-count", "1");
        browser.type("#drain [name=notice]", "600");
        browser.click("#drain-begin");
        assertThat(text("#drain-news")).contains("Press again");
        assertThat(gateway.get("/health/ready").status()).isEqualTo(200);

        browser.click("#drain-begin");
        awaitText("#drain-news", "1 sessions are still served");
        awaitText("#state", "draining");
        assertThat(gateway.get("/health/ready").status()).isEqualTo(503);
        assertThat(browser.evaluate("document.getElementById('drain-progress').hidden"))
                .isEqualTo("false");

        browser.click("#drain-cancel");
        awaitText("#state", "ready");
        assertThat(gateway.get("/health/ready").status()).isEqualTo(200);
        assertThat(browser.evaluate("document.activeElement.id")).isEqualTo("drain-begin");
    }

    @Test
    void usesNothingButItsOwnFiles() throws Exception {
        signIn(TOKEN);
        awaitText("#state", "ready");
        assertThat(browser.evaluate("performance.getEntriesByType('resource')"
                        + ".filter(one => !one.name.startsWith(location.origin)).length"))
                .isEqualTo("0");
        try (var client = RawClient.connect(gateway.gateway().managementPort().orElseThrow())) {
            var answer = client.get("/").answer();
            assertThat(answer.header("Content-Security-Policy"))
                    .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'");
        }
        assertThat(gateway.get("/console.js").status()).isEqualTo(404); // not on the port of clients
    }

    @Test
    void hasANameForEverythingThatCanBeUsed() throws Exception {
        listen("a");
        signIn(TOKEN);
        awaitText("#sse-count", "1");
        assertThat(browser.evaluate("""
                [...document.querySelectorAll(
                    'input, button, select, progress, [tabindex], section, dialog, [role=img]')]
                  .filter(one => one.checkVisibility())
                  .filter(one => !(one.labels?.length || one.ariaLabel || one.textContent.trim()
                    || one.closest('div')?.querySelector('dt')
                    || document.getElementById(one.getAttribute('aria-labelledby'))))
                  .map(one => one.outerHTML).join()
                """)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"light, 360", "dark, 360", "light, 1280", "dark, 1280"})
    void fitsEachScreenInBothThemes(String theme, int width) throws Exception {
        listen("a-channel-with-a-name-that-does-not-end-" + "endless".repeat(8));
        browser.tool("Emulation.setEmulatedMedia", """
                {"features":[{"name":"prefers-color-scheme","value":"%s"}]}""".formatted(theme));
        browser.tool("Emulation.setDeviceMetricsOverride", """
                {"width":%d,"height":740,"deviceScaleFactor":1,"mobile":%b}""".formatted(width, width < 1000));
        try {
            assertThat(contrast()).isGreaterThanOrEqualTo(4.5); // WCAG 2.2, 1.4.3
            signIn(TOKEN);
            awaitText("#channels tbody", "endless");
            awaitText("#found", "1 of 1");
            assertThat(browser.evaluate("innerWidth + '/' + (document.documentElement.scrollWidth"
                            + " - document.documentElement.clientWidth)"))
                    .isEqualTo(width + "/0");
            noTableIsCut();
            assertThat(contrast()).isGreaterThanOrEqualTo(4.5);
            browser.click("#sessions tbody button");
            awaitText("#detail tbody", "resume");
            assertThat(browser.evaluate("detail.scrollWidth - detail.clientWidth"))
                    .isEqualTo("0");
            assertThat(contrast()).isGreaterThanOrEqualTo(4.5);
        } finally {
            browser.tool("Emulation.setEmulatedMedia", "{\"features\":[]}");
            browser.tool("Emulation.clearDeviceMetricsOverride", "{}");
        }
    }

    private static void noTableIsCut() throws Exception {
        assertThat(browser.evaluate("[...document.querySelectorAll('main .scroll')]"
                        + ".filter(one => one.clientHeight < one.firstElementChild.offsetHeight).length"))
                .isEqualTo("0");
    }

    private static double contrast() throws Exception {
        return Contrast.lowest(browser);
    }

    private void listen(String key) throws Exception {
        var client = gateway.connect();
        clients.add(client);
        assertThat(client.openStream("/v1/events?channel=" + topic + "." + key).status())
                .isEqualTo(200);
    }

    private static void signIn(String token) throws Exception {
        browser.type("#token", token);
        browser.click("#login button");
    }

    private static void awaitText(String selector, String part) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(text(selector)).contains(part));
    }

    private static void awaitAttribute(String selector, String name, String value) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(browser.evaluate(
                                "document.querySelector('%s').getAttribute('%s')".formatted(selector, name)))
                        .isEqualTo(value));
    }

    private static String text(String selector) throws Exception {
        return browser.evaluate("document.querySelector('%s').textContent".formatted(selector));
    }
}
