package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.browser.Browser;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Takes the documents' pictures of the page and of the console, with the demo's events in them, and others in `target`
/// to look at. No test by its name, so it runs only when asked for:
/// `mvn -Dfast -Dtest=Screenshots -Dsurefire.failIfNoSpecifiedTests=false verify`.
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

    @Test
    void ofTheConsoleInBothThemes() throws Exception {
        int port = RunningUp.freePort();
        int console = RunningUp.freePort();
        var state = dir.resolve("state");
        var clients = new ArrayList<Socket>();
        try (var _ = RunningUp.start(
                                state,
                                Apps.packaged(),
                                "--port=" + port,
                                "--kafka-port=" + RunningUp.freePort(),
                                "--console-port=" + console,
                                "--no-webhooks")
                        .awaitReady();
                var browser = Browser.start(Files.createDirectory(dir.resolve("browser")))) {
            for (var channels :
                    List.of("orders.**", "prices.*", "notices", "orders.**&channel=prices.*", "prices.ACME")) {
                clients.add(stream(port, channels));
            }
            size(browser, 1280, 1060);
            browser.open("http://127.0.0.1:%d/".formatted(console));
            browser.type(
                    "#token", Files.readString(state.resolve("console.token")).strip());
            browser.click("#login button");
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> browser.evaluate("document.querySelector('#trend polyline').getAttribute('points')")
                                    .split(" ", -1)
                                    .length
                            > 15);
            for (var theme : FILES.keySet()) {
                browser.tool("Emulation.setEmulatedMedia", """
                        {"features":[{"name":"prefers-color-scheme","value":"%s"}]}""".formatted(theme));
                var name = theme.equals("dark") ? "console-dark.png" : "console.png";
                Files.write(Repository.ROOT.resolve("docs").resolve(name), browser.screenshot());
                size(browser, 360, 2600);
                Files.write(Path.of("target", "console-narrow-%s.png".formatted(theme)), browser.screenshot());
                browser.click("#sessions tbody button");
                await().until(() -> browser.evaluate("document.querySelector('#decisions').hidden"), "false"::equals);
                browser.click("#record");
                Files.write(Path.of("target", "console-detail-%s.png".formatted(theme)), browser.screenshot());
                browser.click("#detail-close");
                size(browser, 1920, 1060);
                Files.write(Path.of("target", "console-wide-%s.png".formatted(theme)), browser.screenshot());
                size(browser, 1280, 1060);
            }
        } finally {
            for (var client : clients) {
                client.close();
            }
        }
    }

    /// A client that takes what comes.
    private static Socket stream(int port, String channels) throws Exception {
        var client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.getOutputStream()
                .write("GET /v1/events?channel=%s HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
                        .formatted(channels)
                        .getBytes(StandardCharsets.US_ASCII));
        Thread.ofVirtual().start(() -> {
            try {
                client.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException closed) {
                // the picture is taken
            }
        });
        return client;
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
