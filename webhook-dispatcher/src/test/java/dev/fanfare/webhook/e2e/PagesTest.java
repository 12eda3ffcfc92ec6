package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.browser.Contrast;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The tenants' page and the console in a real browser, before a whole dispatcher. Each test has a tenant of its own.
@Timeout(180)
class PagesTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private static Path dir;

    private static PageStage stage;
    private static int tenants;

    private String tenant;

    @BeforeAll
    static void start() throws Exception {
        stage = new PageStage(dir);
    }

    @AfterAll
    static void stop() throws Exception {
        if (stage != null) {
            stage.close();
        }
    }

    @BeforeEach
    void reset() {
        tenant = "tenant-" + ++tenants;
        stage.receiver.answer(204);
    }

    /// An endpoint of the tenant, which tries once.
    private Setup.Created endpoint() {
        return stage.setup.endpoint(
                tenant,
                stage.receiver.url("/" + tenant),
                Draft.retrying(0, Duration.ZERO).settings());
    }

    private long taken() {
        return stage.receiver.taken("/" + tenant).size();
    }

    @Test
    void opensOnceAndShowsNothingOfOtherTenants() throws Exception {
        endpoint();
        stage.setup.endpoint("another", stage.receiver.url("/another"), standard -> standard);
        var link = stage.link("{\"tenant\":\"%s\"}".formatted(tenant));
        stage.leave();
        stage.browser.open(link);
        stage.awaitText("#whose", tenant);
        stage.awaitText("#list", "/" + tenant);
        assertThat(stage.text("#list")).doesNotContain("another");
        assertThat(stage.browser.evaluate("location.hash + document.cookie")).isEqualTo("#/");
        stage.browser.open("about:blank");
        stage.browser.open(stage.url("portal"));
        stage.awaitText("#whose", tenant); // by its cookie
        stage.leave();
        stage.browser.open(link);
        stage.awaitText("#news", "used before");
        assertThat(stage.text("main")).isEmpty();
        assertThat(stage.text("#door")).contains("new link").doesNotContain("Token");
    }

    @Test
    void makesAnEndpointAndSeesItsTestEventGoThere() throws Exception {
        stage.open(tenant);
        stage.press("New endpoint");
        stage.browser.type("[name=url]", "ftp://nowhere");
        stage.browser.type("[name=channels]", "orders.**");
        stage.press("Create");
        stage.awaitText("#new .message", "'url'");
        assertThat(stage.browser.evaluate("document.activeElement.name")).isEqualTo("url");
        stage.browser.type("[name=url]", stage.receiver.url("/" + tenant).toString());
        stage.press("Create");
        stage.awaitText("#new .secret", "whsec_");
        var secret = stage.text("#new .secret");
        stage.browser.click("#new .once + p a");
        stage.awaitText(".about h2", "/" + tenant);
        stage.press("Send a test event");
        await().atMost(SOON).until(() -> taken() == 1);
        assertThat(stage.receiver.taken("/" + tenant).getFirst().isSignedWith(secret))
                .isTrue();
        stage.awaitText("#deliveries .chip", "delivered");
        stage.browser.click("#deliveries summary");
        stage.awaitText("#deliveries .decisions", "test event");
        assertThat(stage.text("#deliveries .body"))
                .contains("POST " + stage.receiver.url("/" + tenant))
                .contains("{\"test\":true}")
                .contains("webhook-id: " + stage.receiver.calls().getLast().id())
                .contains("1. 204");
    }

    @Test
    void sendsAgainWhatHasFailed() throws Exception {
        stage.receiver.answer(500);
        var endpoint = endpoint();
        stage.open(tenant);
        stage.choose(endpoint);
        for (int i = 0; i < 3; i++) {
            stage.publish(tenant, "o-" + i, "{\"n\":%d}".formatted(i));
        }
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(stage.text("#deliveries .chip"))
                        .isEqualTo("dead-letter | dead-letter | dead-letter"));
        stage.awaitText("#list [aria-current]", "3 dead letters");
        stage.receiver.answer(204);
        stage.browser.click("#deliveries li:first-child summary");
        stage.awaitText("#deliveries .body", "exhausted");
        assertThat(stage.text("#deliveries .decisions")).containsSubsequence("matched", "attempted", "dead-letter");
        stage.press("Send again");
        await().atMost(SOON).until(() -> taken() == 1);
        stage.press("Recover what failed");
        await().atMost(SOON).until(() -> taken() == 3);
        stage.awaitText(".piece", "done · 2 dead letters");
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(stage.text("#deliveries .chip")).isEqualTo("delivered | delivered | delivered"));
    }

    @Test
    void replaysWhatWasMissedInAPause() throws Exception {
        var endpoint = endpoint();
        stage.open(tenant);
        stage.choose(endpoint);
        stage.press("Pause");
        stage.awaitText(".about .chip", "paused");
        stage.publish(tenant, "missed", "{}");
        await().atMost(SOON).untilAsserted(() -> {
            stage.browser.type("#why [name=event]", stage.lastPlace());
            stage.press("Ask");
            assertThat(stage.text("#why [aria-live]")).contains("disabled").contains("channel");
        });
        stage.press("Resume");
        stage.awaitText(".about .chip", "active");
        assertThat(taken()).isZero();
        stage.press("Replay from Kafka");
        stage.awaitText(".piece", "Replay");
        stage.awaitText(".piece", "done · 1 event, 1 queued");
        await().atMost(SOON).until(() -> taken() == 1);
    }

    @Test
    void cancelsAReplay() throws Exception {
        var endpoint = endpoint();
        for (int i = 0; i < 50; i++) {
            stage.publish(tenant, "o-" + i, "{}");
        }
        await().atMost(SOON).until(() -> taken() == 50);
        stage.open(tenant);
        stage.replay(endpoint, "{'since':'2026-01-01T00:00:00Z','missingOnly':false,'ratePerSecond':1}");
        stage.choose(endpoint);
        stage.awaitText(".piece", "running");
        stage.browser.click(".piece button");
        stage.awaitText(".piece", "cancelled");
        assertThat(stage.text(".piece button")).isEmpty();
    }

    @Test
    void rotatesTheSecretWhenSure() throws Exception {
        var endpoint = endpoint();
        stage.open(tenant);
        stage.choose(endpoint);
        stage.press("Rotate the secret");
        stage.press("Cancel");
        await().untilAsserted(() -> assertThat(stage.text("dialog")).isEmpty());
        assertThat(stage.text(".secret")).isEmpty();
        stage.press("Rotate the secret");
        stage.press("Rotate");
        stage.awaitText(".secret", "whsec_");
        var secret = stage.text(".secret");
        stage.press("Send a test event");
        await().atMost(SOON).until(() -> taken() == 1);
        assertThat(stage.receiver.taken("/" + tenant).getFirst().isSignedWith(secret))
                .isTrue();
    }

    @Test
    void endsWithItsSession() throws Exception {
        stage.open(tenant);
        stage.press("Sign out");
        stage.awaitText("#news", "Signed out");
        stage.browser.open("about:blank");
        stage.browser.open(stage.url("portal"));
        stage.awaitText("#door", "Not signed in");
        assertThat(stage.text("main")).isEmpty();
    }

    @Test
    void isInFramesOnlyOfPagesThatMayHoldIt() throws Exception {
        var body = "{\"tenant\":\"%s\"}".formatted(tenant);
        stage.frame("localhost", stage.link(body));
        awaitFrame("document.querySelector('#whose').textContent", tenant);
        stage.frame("127.0.0.1", stage.link(body));
        awaitFrame("location.protocol", "chrome-error:");
        stage.frame("localhost", stage.url("console"));
        awaitFrame("location.protocol", "chrome-error:");
    }

    private static void awaitFrame(String expression, String is) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(stage.browser.evaluateIn("iframe", expression))
                        .isEqualTo(is));
    }

    @Test
    void letsOperatorsInByTheirToken() throws Exception {
        stage.receiver.answer(500);
        var endpoint = endpoint();
        stage.publish(tenant, "o-1", "{}");
        stage.leave();
        stage.browser.open(stage.url("console"));
        stage.awaitText("#door", "Token of an operator");
        stage.browser.type("[name=token]", "wrong-0123456789");
        stage.press("Sign in");
        stage.awaitText("#news", "api.token");
        stage.browser.type("[name=token]", PageStage.TOKEN);
        stage.press("Sign in");
        stage.awaitText("#whose", "All tenants");
        stage.awaitText("#all .deliveries", "/" + tenant);
        stage.browser.type("#whose-endpoints input", tenant);
        stage.press("Show");
        await().untilAsserted(() ->
                assertThat(stage.text("#list b")).isEqualTo("All endpoints | " + stage.receiver.url("/" + tenant)));
        stage.choose(endpoint);
        stage.awaitText(".facts", "Breaker");
        stage.awaitText(".facts", "closed");
        stage.awaitText(".about .chip", "tenant " + tenant);
        assertThat(stage.browser.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"))
                .isEqualTo("{}");
    }

    @Test
    void canBeUsedByKeysAlone() throws Exception {
        var endpoint = endpoint();
        stage.open(tenant);
        stage.awaitText("#list", "/" + tenant);
        stage.browser.evaluate("document.activeElement.blur()");
        keysTo("document.activeElement.getAttribute('href') === '#/%s'".formatted(endpoint.id()));
        key("Enter", "\\r");
        stage.awaitText(".about h2", "/" + tenant);
        keysTo("document.activeElement.textContent === 'Send a test event'");
        key("Enter", "\\r");
        await().atMost(SOON).until(() -> taken() == 1);
        stage.awaitText("#deliveries .chip", "delivered");
        keysTo("document.activeElement.matches('#deliveries summary')");
        key("Enter", "\\r");
        stage.awaitText("#deliveries .body", "1. 204");
    }

    private static void keysTo(String there) throws Exception {
        for (int i = 0; i < 40 && !stage.browser.evaluate(there).equals("true"); i++) {
            key("Tab", "");
        }
        assertThat(stage.browser.evaluate(there)).as(there).isEqualTo("true");
        assertThat(stage.browser.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
    }

    private static void key(String key, String text) throws Exception {
        var codes = Map.of("Tab", 9, "Enter", 13);
        for (var type : new String[] {"keyDown", "keyUp"}) {
            stage.browser.tool("Input.dispatchKeyEvent", """
                    {"type":"%s","key":"%s","code":"%s","text":"%s","windowsVirtualKeyCode":%d}""".formatted(
                            type, key, key, type.equals("keyDown") ? text : "", codes.get(key)));
        }
    }

    @ParameterizedTest
    @CsvSource({"light, 360", "dark, 360", "light, 768", "dark, 1280"})
    void fitsEachScreenInBothThemes(String theme, int width) throws Exception {
        stage.receiver.answer(500);
        var endpoint = endpoint();
        stage.publish(tenant, "o-1", "{\"long\":\"%s\"}".formatted("endless".repeat(60)));
        stage.open(tenant);
        stage.theme(theme, width, 740);
        try {
            stage.choose(endpoint);
            stage.awaitText("#deliveries .chip", "dead-letter");
            stage.browser.click("#deliveries summary");
            stage.awaitText("#deliveries .body", "endless");
            assertThat(stage.browser.evaluate("innerWidth + '/' + (document.documentElement.scrollWidth"
                            + " - document.documentElement.clientWidth)"))
                    .isEqualTo(width + "/0");
            assertThat(stage.browser.evaluate("getComputedStyle(document.body).backgroundColor"))
                    .isEqualTo(theme.equals("dark") ? "rgb(16, 20, 26)" : "rgb(244, 246, 249)");
            assertThat(Contrast.lowest(stage.browser)).isGreaterThanOrEqualTo(4.5); // WCAG 1.4.3
            assertThat(stage.browser.evaluate("""
                    [...document.querySelectorAll('input, select, button, [tabindex="0"], section, nav, progress')]
                      .filter(one => !(one.labels?.length || one.ariaLabel || one.textContent.trim()
                        || document.getElementById(one.getAttribute('aria-labelledby'))))
                      .map(one => one.outerHTML).join()
                    """)).isEmpty();
        } finally {
            stage.browser.tool("Emulation.setEmulatedMedia", "{\"features\":[]}");
            stage.browser.tool("Emulation.clearDeviceMetricsOverride", "{}");
        }
    }

    @Test
    void runsNoScriptsAndStylesButItsOwn() throws Exception {
        stage.open(tenant);
        assertThat(stage.browser.evaluate("""
                (() => {
                  document.body.insertAdjacentHTML('beforeend', '<i id="made" style="display: none">made</i>');
                  const script = document.createElement('script');
                  script.textContent = 'window.ran = true';
                  document.body.append(script);
                  return [typeof window.ran, getComputedStyle(document.getElementById('made')).display === 'none'].join();
                })()
                """)).isEqualTo("undefined,false");
        assertThat(stage.browser.evaluate("performance.getEntriesByType('resource')"
                        + ".filter(one => !one.name.startsWith(location.origin)).length"))
                .isEqualTo("0");
    }
}
