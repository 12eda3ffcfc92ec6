package dev.fanfare.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.fanfare.browser.Browser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A page with clients in it, in a real browser; it comes from another origin than the gateway, as an app's does.
final class Pages implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, List<Integer>>> NUMBERS = new TypeReference<>() {};
    private static final Path SCRIPTS = Repository.SAMPLES.resolve("js");

    private final HttpServer server;
    private final Browser browser;

    private Pages(HttpServer server, Browser browser) {
        this.server = server;
        this.browser = browser;
    }

    static Pages start(Path dir) throws IOException {
        Browser.missing().ifPresent(Repository::missing);
        var server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                var path = exchange.getRequestURI().getPath().substring(1);
                boolean isScript = path.endsWith(".js");
                var file = isScript ? SCRIPTS.resolve(path) : Repository.SAMPLES.resolve("src/test/resources", path);
                var headers = exchange.getResponseHeaders();
                headers.set("Content-Type", isScript ? "text/javascript" : "text/html");
                var bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
                exchange.sendResponseHeaders(bytes.length > 0 ? 200 : 404, bytes.length > 0 ? bytes.length : -1);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        try {
            return new Pages(server, Browser.start(dir));
        } catch (IOException | RuntimeException | AssertionError failure) {
            server.stop(0);
            throw failure;
        }
    }

    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    Browser browser() {
        return browser;
    }

    /// Loads the page anew in the present tab.
    void open() throws IOException {
        browser.open(origin() + "/page.html");
        await().atMost(PATIENCE).until(() -> run("window.loaded").equals("true"));
    }

    String openInNewTab() throws IOException {
        var tab = browser.newTab();
        open();
        return tab;
    }

    /// What an expression yields in the present tab.
    String run(String expression) throws IOException {
        return browser.evaluate(expression);
    }

    /// Starts a client of the library in the present tab.
    ///
    /// @param options in JavaScript
    void library(String name, String url, String channel, String options) throws IOException {
        run("library('%s', '%s', { channels: '%s', %s })".formatted(name, url, channel, options));
    }

    void awaitOpen(String name, String how) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(run("said['%s'].filter(a => a.startsWith('open')).at(-1)".formatted(name)))
                                .as(() -> name + ": " + said())
                                .isEqualTo(how));
    }

    /// Waits until every client of the present tab has these numbers, and fails if one has another order, a hole or
    /// one twice.
    void awaitNumbers(Numbers numbers) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(received().values())
                        .as(this::said)
                        .isNotEmpty()
                        .allSatisfy(
                                got -> assertThat(got).hasToString(numbers.all().toString())));
    }

    private Map<String, List<Integer>> received() throws IOException {
        return JSON.readValue(run("JSON.stringify(got)"), NUMBERS);
    }

    /// What else happened to the clients of the present tab.
    String said() {
        try {
            return run("JSON.stringify(said)");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() throws IOException {
        server.stop(0);
        browser.close();
    }
}
