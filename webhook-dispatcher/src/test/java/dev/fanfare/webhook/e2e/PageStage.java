package dev.fanfare.webhook.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.fanfare.browser.Browser;
import dev.fanfare.webhook.app.WebhookDispatcher;
import dev.fanfare.webhook.config.WebhookSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/// A dispatcher that wants a token, a receiver, and a browser that looks at the dispatcher's pages.
final class PageStage implements AutoCloseable {
    static final String TOKEN = "operator-0123456789";

    final Setup setup;
    final Receiver receiver;
    final Browser browser;

    private final WebhookDispatcher dispatcher;
    private final KafkaProducer<String, String> producer = Cluster.shared().producer();
    private long last;
    private final HttpClient http = HttpClient.newHttpClient();

    PageStage(Path dir) throws IOException {
        Browser.missing().ifPresent(what -> {
            if ("true".equals(System.getenv("CI"))) {
                fail(what);
            }
            abort(what);
        });
        setup = Setup.of(dir, Cluster.shared().servers(), Cluster.shared().newTopic("pages", 1));
        receiver = Receiver.start();
        dispatcher = WebhookDispatcher.start(setup.settings(
                new WebhookSettings.Api(Optional.of(TOKEN)),
                WebhookSettings.Access.DEFAULT,
                framedBy("http://localhost:" + receiver.url("/").getPort())));
        browser = Browser.start(Files.createDirectory(dir.resolve("browser")));
    }

    private static WebhookSettings.Portal framedBy(String origin) {
        var usual = WebhookSettings.Portal.DEFAULT;
        return new WebhookSettings.Portal(
                usual.url(),
                usual.linkLife(),
                usual.sessionLife(),
                List.of(origin),
                usual.name(),
                usual.logo(),
                usual.accent());
    }

    /// Opens an empty page of the receiver, which is the only one that may frame the portal if its host is `localhost`,
    /// and shows an address in a frame there.
    void frame(String host, String url) throws IOException {
        leave();
        receiver.answer(200);
        browser.open("http://%s:%d/empty".formatted(host, receiver.url("/").getPort()));
        browser.evaluate(
                "document.body.append(Object.assign(document.createElement('iframe'), {src: '%s'}))".formatted(url));
    }

    /// A page's address.
    String url(String page) {
        return "http://localhost:%d/%s/".formatted(dispatcher.port(), page);
    }

    /// A new link, as the operator gets one.
    String link(String body) throws Exception {
        var answer = post("/v1/links", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonMapper().readTree(answer.body()).path("url").textValue();
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(dispatcher.port(), path)))
                .header("Authorization", "Bearer " + TOKEN)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /// Opens the page of a tenant anew, as somebody who was never there.
    void open(String tenant) throws Exception {
        leave();
        browser.open(link("{\"tenant\":\"%s\"}".formatted(tenant)));
        awaitText("#whose", tenant);
    }

    void leave() throws IOException {
        browser.open("about:blank");
        browser.tool("Network.clearBrowserCookies", "{}");
    }

    /// An event of a tenant.
    void publish(String tenant, String key, String json) throws Exception {
        var event = new ProducerRecord<>(setup.topic(), key, json);
        Map.of(
                        "ce_tenantid", tenant,
                        "ce_specversion", "1.0",
                        "ce_id", key,
                        "ce_source", "/orders",
                        "ce_type", "order.placed",
                        "content-type", "application/json")
                .forEach((name, value) -> event.headers().add(name, value.getBytes(UTF_8)));
        last = producer.send(event).get(30, TimeUnit.SECONDS).offset();
    }

    /// Where the event that was published last is, as a place to ask for.
    String lastPlace() {
        return "%s/0/%d".formatted(setup.topic(), last);
    }

    /// Begins a replay, as the operator.
    void replay(Setup.Created endpoint, String body) throws Exception {
        var answer = post("/v1/endpoints/%s/replay".formatted(endpoint.id()), body.replace('\'', '"'));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }

    /// Of all elements that are seen, their text together; empty if there is none.
    String text(String selector) throws IOException {
        return browser.evaluate(
                "[...document.querySelectorAll('%s')].filter(one => one.checkVisibility()).map(one => one.innerText).join(' | ')"
                        .formatted(selector));
    }

    void awaitText(String selector, String text) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(text(selector)).as(selector).contains(text));
    }

    /// Clicks on the button with that text.
    void press(String text) throws IOException {
        assertThat(browser.evaluate("""
                (() => {
                  const found = [...document.querySelectorAll('button')]
                    .filter(one => one.checkVisibility() && one.textContent === '%s')[0];
                  found?.setAttribute('data-pressed', '');
                  return Boolean(found);
                })()
                """.formatted(text))).as(text).isEqualTo("true");
        browser.click("[data-pressed]");
        browser.evaluate("document.querySelector('[data-pressed]')?.removeAttribute('data-pressed')");
    }

    /// Goes to an endpoint that is in the list.
    void choose(Setup.Created endpoint) throws IOException {
        var link = "a[href=\"#/%s\"]".formatted(endpoint.id());
        await().untilAsserted(() -> assertThat(text(link)).isNotEmpty());
        browser.click(link);
        await().untilAsserted(() -> assertThat(text("#deliveries h3")).isEqualTo("Deliveries"));
    }

    void theme(String theme, int width, int height) throws IOException {
        browser.tool("Emulation.setEmulatedMedia", """
                {"features":[{"name":"prefers-color-scheme","value":"%s"}]}""".formatted(theme));
        browser.tool("Emulation.setDeviceMetricsOverride", """
                {"width":%d,"height":%d,"deviceScaleFactor":1,"mobile":false}""".formatted(width, height));
    }

    @Override
    public void close() throws IOException {
        browser.close();
        dispatcher.close();
        receiver.close();
        producer.close();
        http.close();
    }
}
