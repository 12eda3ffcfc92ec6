package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.browser.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Takes the README's pictures of the page, with the demo's events in it; no test by its name, so that it runs only
/// when asked for: `mvn -Dfast -Dtest=Screenshots -Dsurefire.failIfNoSpecifiedTests=false verify`.
class Screenshots {
    private static final Map<String, String> FILES = Map.of("light", "screenshot.png", "dark", "screenshot-dark.png");

    @TempDir
    Path dir;

    @Test
    void ofThePageInBothThemes() throws Exception {
        int port = RunningUp.freePort();
        try (var _ = RunningUp.start(
                                dir.resolve("state"),
                                Apps.packaged(),
                                "--port=" + port,
                                "--kafka-port=" + RunningUp.freePort(),
                                "--no-webhooks")
                        .awaitReady();
                var browser = Browser.start(Files.createDirectory(dir.resolve("browser")))) {
            size(browser, 1280, 880);
            browser.open("http://127.0.0.1:%d/".formatted(port));
            awaitEvents(browser, 350);
            browser.click("#cut");
            await().during(Duration.ofSeconds(6)).atMost(Duration.ofSeconds(10)).until(() -> true); // events go by
            browser.click("#cut");
            awaitEvents(browser, 620);
            for (var theme : FILES.keySet()) {
                browser.tool("Emulation.setEmulatedMedia", """
                        {"features":[{"name":"prefers-color-scheme","value":"%s"}]}""".formatted(theme));
                awaitEvents(browser, events(browser) + 5); // drawn anew
                Files.write(Repository.ROOT.resolve("docs").resolve(FILES.get(theme)), browser.screenshot());
                size(browser, 360, 2200);
                awaitEvents(browser, events(browser) + 5);
                Files.write(Path.of("target", "narrow-%s.png".formatted(theme)), browser.screenshot());
                size(browser, 1280, 880);
            }
            assertThat(browser.evaluate("missing.textContent + '/' + duplicates.textContent"))
                    .isEqualTo("0/0");
        }
    }

    private static void size(Browser browser, int width, int height) throws Exception {
        browser.tool("Emulation.setDeviceMetricsOverride", """
                {"width":%d,"height":%d,"deviceScaleFactor":1,"mobile":false}""".formatted(width, height));
    }

    private static int events(Browser browser) throws Exception {
        return Integer.parseInt(browser.evaluate("events.textContent"));
    }

    private static void awaitEvents(Browser browser, int count) {
        await().atMost(Duration.ofMinutes(2)).until(() -> events(browser) >= count);
    }
}
