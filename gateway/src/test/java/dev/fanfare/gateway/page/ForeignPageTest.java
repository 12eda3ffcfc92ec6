package dev.fanfare.gateway.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import com.sun.net.httpserver.HttpServer;
import dev.fanfare.browser.Browser;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A page of another server than the gateway, in a real browser. Under one of its server's two names the gateway knows
/// it.
@Timeout(120)
class ForeignPageTest {
    private static final String PAGE = """
            <!doctype html><title>elsewhere</title><iframe src="GATEWAY/"></iframe><script>
            const got = {};
            const report = (what, how) => { got[what] = how; };
            const url = 'GATEWAY/v1/events?channel=CHANNEL';
            const source = new EventSource(url);
            source.addEventListener('ready', () => { report('sse', 'ready'); source.close(); });
            source.onerror = () => { report('sse', 'refused'); source.close(); };
            const socket = new WebSocket(url.replace('http', 'ws'));
            socket.onmessage = () => { report('ws', 'ready'); socket.close(); };
            socket.onerror = () => report('ws', 'refused');
            const asked = { headers: { Prefer: 'wait=0', 'X-Request-Id': 'page-1' } };
            fetch(url, asked)
                .then(answer => answer.json().then(() => report('poll', answer.headers.get('X-Request-Id'))))
                .catch(() => report('poll', 'refused'));
            fetch(url + '&nothing=1')
                .then(answer => answer.json()).then(problem => report('problem', problem.code))
                .catch(() => report('problem', 'refused'));
            </script>""";

    @TempDir
    static Path dir;

    private static HttpServer elsewhere;
    private static Gateways.Running gateway;
    private static Browser browser;

    @BeforeAll
    static void start() throws IOException {
        var missing = Browser.missing();
        if (missing.isPresent()) {
            if ("true".equals(System.getenv("CI"))) {
                fail(missing.get());
            }
            abort(missing.get());
        }
        elsewhere = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        int port = elsewhere.getAddress().getPort();
        var topic = LocalBroker.get().newTopic("foreign", 1);
        gateway = new Gateways()
                .route(topic, topic + ".{key}")
                .origins("http://127.0.0.1:" + port)
                .start();
        var page = PAGE.replace("GATEWAY", "http://127.0.0.1:" + gateway.port())
                .replace("CHANNEL", topic + ".a")
                .getBytes(StandardCharsets.UTF_8);
        elsewhere.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        elsewhere.start();
        browser = Browser.start(dir);
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
            gateway.close();
            elsewhere.stop(0);
        }
    }

    private static void assertGets(String host, String sse, String ws, String poll, String problem) throws IOException {
        browser.open("http://%s:%d/".formatted(host, elsewhere.getAddress().getPort()));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(browser.evaluate("['sse','ws','poll','problem'].map(w => got[w]).join()"))
                                .isEqualTo(String.join(",", sse, ws, poll, problem)));
    }

    @Test
    void mayDoEverythingIfItsOriginIsListed() throws IOException {
        assertGets("127.0.0.1", "ready", "ready", "page-1", "unknown-parameter");
    }

    @Test
    void isKeptFromEverythingIfItsOriginIsNot() throws IOException {
        assertGets("localhost", "refused", "refused", "refused", "refused");
    }

    @Test
    void cannotFrameTheGatewaysPage() throws IOException {
        assertGets("127.0.0.1", "ready", "ready", "page-1", "unknown-parameter");
        assertThat(browser.evaluateIn("iframe", "location.href")).startsWith("chrome-error:");
    }
}
