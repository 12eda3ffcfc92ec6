package dev.fanfare.webhook.e2e;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Takes the pictures of the portal for the documentation, and others in `target` to look at; no test by its name, so
/// that it runs only when asked for: `mvn -Dfast -pl webhook-dispatcher -am -Dtest=dev.fanfare.webhook.e2e.Screenshots
/// -Dsurefire.failIfNoSpecifiedTests=false test`.
class Screenshots {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path TARGET = Path.of("target");

    @TempDir
    private Path dir;

    @Test
    void ofThePagesInBothThemes() throws Exception {
        try (var stage = new PageStage(dir)) {
            var shop = endpoint(stage, "acme", "/shop");
            endpoint(stage, "acme", "/warehouse");
            endpoint(stage, "umbrella", "/orders");
            stage.receiver.answer(call -> new Receiver.Reply(call.body().contains("4") ? 500 : 204, Map.of()));
            for (int i = 1; i <= 5; i++) {
                stage.publish("acme", "order-" + i, "{\"order\":\"%06d\",\"status\":\"placed\"}".formatted(i));
            }
            stage.publish("umbrella", "order-1", "{\"order\":\"000004\"}");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> stage.receiver.calls().size() == 11);
            stage.open("acme");
            stage.choose(shop);
            stage.awaitText("#deliveries .deliveries", "dead-letter");
            stage.browser.click("#deliveries li:has(.bad) summary");
            stage.awaitText("#deliveries .body", "exhausted");
            take(stage, "portal", DOCS.resolve("portal.png"), DOCS.resolve("portal-dark.png"), 1000);
            stage.press("New endpoint");
            stage.awaitText("#new h3", "A new endpoint");
            take(stage, "new", TARGET.resolve("new-light.png"), TARGET.resolve("new-dark.png"), 700);
            stage.leave();
            stage.browser.open(stage.link("{\"page\":\"console\"}"));
            stage.awaitText("#all .deliveries", "dead-letter");
            take(stage, "console", TARGET.resolve("console-light.png"), TARGET.resolve("console-dark.png"), 700);
            stage.choose(shop);
            stage.awaitText(".facts", "Breaker");
            stage.press("Replay from Kafka");
            stage.awaitText(".piece", "Replay");
            take(stage, "endpoint", TARGET.resolve("endpoint-light.png"), TARGET.resolve("endpoint-dark.png"), 900);
            stage.leave();
            stage.browser.open(stage.url("portal"));
            stage.awaitText("#door", "Not signed in");
            take(stage, "door", TARGET.resolve("door-light.png"), TARGET.resolve("door-dark.png"), 400);
        }
    }

    private static Setup.Created endpoint(PageStage stage, String tenant, String path) {
        return stage.setup.endpoint(
                tenant,
                stage.receiver.url(path),
                Draft.retrying(0, Duration.ZERO).settings());
    }

    private static void take(PageStage stage, String name, Path light, Path dark, int height) throws IOException {
        for (var theme : new String[] {"light", "dark"}) {
            stage.theme(theme, 1280, height);
            stage.browser.evaluate("scrollTo(0, 0)");
            Files.write(theme.equals("light") ? light : dark, stage.browser.screenshot());
            stage.theme(theme, 360, 2400);
            stage.browser.evaluate("scrollTo(0, 0)");
            Files.write(TARGET.resolve("%s-narrow-%s.png".formatted(name, theme)), stage.browser.screenshot());
        }
        stage.theme("light", 1280, height);
    }
}
