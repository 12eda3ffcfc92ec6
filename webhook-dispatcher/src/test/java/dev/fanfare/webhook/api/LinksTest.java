package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.api.Samples.cookie;
import static dev.fanfare.webhook.api.Samples.link;
import static dev.fanfare.webhook.api.Samples.open;
import static dev.fanfare.webhook.api.Samples.page;
import static dev.fanfare.webhook.api.TestApi.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.webhook.api.TestApi.Answer;
import dev.fanfare.webhook.config.WebhookSettings.Portal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Links to the pages, and the sessions that they open. What a session sees of other tenants is in [IdentityTest].
class LinksTest {
    private static final String ACME = "{\"tenant\":\"acme\"}";

    /// Two nodes on one database.
    private static TestApi api;

    private static TestApi other;

    @BeforeAll
    static void start() {
        var store = TestApi.inMemory();
        api = new TestApi(store);
        other = new TestApi(store);
    }

    @AfterAll
    static void stop() {
        api.close();
        other.close();
    }

    @Test
    void opensASessionOnceWhateverNodeIsAsked() {
        var token = link(api, ACME);
        var opened = open(other, token);
        assertThat(opened.status()).isEqualTo(200);
        assertThat(opened.body().path("page").asText()).isEqualTo("portal");
        assertThat(opened.body().path("tenant").asText()).isEqualTo("acme");
        assertThat(opened.text()).doesNotContain(cookie(opened).replaceAll(".*=", ""));
        for (var node : List.of(api, other)) {
            var again = open(node, token);
            assertThat(again.status()).isEqualTo(410);
            assertThat(again.code()).isEqualTo("link-over");
            assertThat(again.header("Set-Cookie")).isEmpty();
            var session = node.get("/v1/session", page(cookie(opened)));
            assertThat(session.body().path("tenant").asText()).isEqualTo("acme");
        }
    }

    @Test
    void opensOneSessionForManyWhoHaveTheLinkAtOnce() throws Exception {
        var token = link(api, ACME);
        var requests = new ArrayList<Callable<Answer>>();
        for (int i = 0; i < 8; i++) {
            var node = i % 2 == 0 ? api : other;
            requests.add(() -> open(node, token));
        }
        var statuses = new ArrayList<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(requests)) {
                statuses.add(answer.get().status());
            }
        }
        assertThat(statuses).containsOnly(200, 410).containsOnlyOnce(200);
    }

    @Test
    void keepsNoTokenThatOpensAnything() {
        var unused = link(api, ACME);
        var session = cookie(open(api, link(api, ACME))).replaceAll(".*=", "");
        var stored = api.database
                .jdbi()
                .withHandle(handle ->
                        handle.createQuery("select * from page_link").mapToMap().list()
                                + " "
                                + handle.createQuery("select * from page_session")
                                        .mapToMap()
                                        .list());
        assertThat(stored).contains("acme").doesNotContain(unused).doesNotContain(session);
    }

    @Test
    void isOverAfterItsLife() {
        var token = link(api, "{\"life\":\"1s\"}");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> api.database
                                .jdbi()
                                .withHandle(handle -> handle.createQuery(
                                                "select count(*) from page_link where tenant = 'default' and expires_at > current_timestamp")
                                        .mapTo(Integer.class)
                                        .one())
                        == 0);
        assertThat(open(api, token).status()).isEqualTo(410);

        var session = cookie(open(api, link(api, ACME)));
        assertThat(api.get("/v1/endpoints", page(session)).status()).isEqualTo(200);
        api.database
                .jdbi()
                .useHandle(handle -> handle.execute("update page_session set expires_at = current_timestamp"));
        var over = api.get("/v1/endpoints", page(session));
        assertThat(over.status()).isEqualTo(401);
        assertThat(over.body().path("detail").asText()).contains("new link");
    }

    @Test
    void isOverOnAllNodesWhenItIsClosed() {
        var session = cookie(open(api, link(api, ACME)));
        var closed = other.delete("/v1/session", page(session));
        assertThat(closed.status()).isEqualTo(204);
        assertThat(closed.header("Set-Cookie")).startsWith("fanfare-page=; ").endsWith("; Max-Age=0");
        assertThat(api.get("/v1/endpoints", page(session)).status()).isEqualTo(401);
    }

    @Test
    void letsAPageDoWhatATokenForItsTenantMay() {
        var session = page(cookie(open(api, link(api, "{\"tenant\":\"alone\"}"))));
        var made = api.post("/v1/endpoints", json(), session);
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.body().path("tenant").asText()).isEqualTo("alone");
        var path = "/v1/endpoints/" + made.body().path("id").asText();
        assertThat(api.post(path + "/test", "", session).status()).isEqualTo(202);
        var states = api.get("/v1/states", session).body().path("items");
        assertThat(states).hasSize(1);
        assertThat(states.path(0).path("parked").asInt()).isEqualTo(1);
        assertThat(api.post("/v1/endpoints", json("'tenant':'evil'"), session).status())
                .isEqualTo(403);
        assertThat(api.post("/v1/links", ACME, session).status()).isEqualTo(401); // it would have no end
    }

    /// Even where no page is meant to be bound: the page's header says which of both counts.
    @Test
    void isNoMoreThanItsTenantBesideAnOperatorsToken() {
        var acme = api.endpoint("'tenant':'acme'");
        var session = cookie(open(api, link(api, "{\"tenant\":\"evil\"}")));
        var answer = api.get("/v1/endpoints/" + acme, "Fanfare-Page", "1", "Cookie", session);
        assertThat(answer.status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site",
        "Sec-Fetch-Site, none",
        "Origin, https://evil.example.com",
        "Origin, null",
    })
    void takesNothingFromOtherSites(String header, String value) {
        var endpoint = api.endpoint("'tenant':'acme'");
        var token = link(api, ACME);
        var session = cookie(open(api, link(api, ACME)));
        for (var method : List.of("GET", "DELETE")) {
            var answer = api.call(
                    method,
                    "/v1/endpoints/" + endpoint,
                    new byte[0],
                    "Fanfare-Page",
                    "1",
                    "Cookie",
                    session,
                    "Authorization",
                    "",
                    header,
                    value);
            assertThat(answer.status()).as(method).isEqualTo(403);
        }
        // nor may another site have somebody use the page of a tenant that is not theirs
        var opened = api.post("/v1/session", "{\"token\":\"%s\"}".formatted(token), "Fanfare-Page", "1", header, value);
        assertThat(opened.status()).isEqualTo(403);
        assertThat(open(api, token).status()).isEqualTo(200);
    }

    @Test
    void takesNoCookieWithoutTheHeaderThatOnlyPagesCanSend() {
        var session = cookie(open(api, link(api, ACME)));
        var answer = api.get("/v1/endpoints", "Cookie", session, "Authorization", "");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(api.call("OPTIONS", "/v1/endpoints", new byte[0], "Origin", "https://evil.example.com")
                        .headers())
                .doesNotContainKey("access-control-allow-origin");
    }

    @Test
    void givesTheConsoleToOperatorsOnly() {
        var link = api.post("/v1/links", "{\"page\":\"console\"}");
        assertThat(link.body().path("url").asText()).startsWith("http://localhost:" + api.port() + "/console/#");
        assertThat(link.body().path("tenant").isNull()).isTrue();
        var acme = api.endpoint("'tenant':'acme'");
        var session = page(cookie(open(api, link.body().path("url").asText().replaceAll(".*#", ""))));
        assertThat(api.get("/v1/endpoints/" + acme, session).status()).isEqualTo(200);
        var manager = "Bearer " + Tokens.of("acme", "webhooks:manage");
        var refused = api.post("/v1/links", "{\"page\":\"console\"}", "Authorization", manager);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(api.post("/v1/links", "{}", "Authorization", manager)
                        .body()
                        .path("tenant")
                        .asText())
                .isEqualTo("acme");
        assertThat(api.post("/v1/links", ACME, "Authorization", "Bearer " + Tokens.of("acme", "webhooks:read"))
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"life\":\"25h\"}",
                "{\"page\":\"admin\"}",
                "{\"page\":\"console\",\"tenant\":\"acme\"}",
                "{\"tenant\":\"no tenant\"}",
            })
    void refusesLinksThatCannotBe(String body) {
        assertThat(api.post("/v1/links", body).status()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource({
        "https://hooks.example.com, '', __Host-fanfare-page, Secure; SameSite=Strict",
        "https://hooks.example.com/in, https://app.example.com, __Host-fanfare-page, Secure; SameSite=None; Partitioned",
        "http://localhost:8090, https://app.example.com, fanfare-page, SameSite=Strict",
    })
    void protectsItsCookie(String url, String frame, String name, String attributes) {
        var standard = Portal.DEFAULT;
        var portal = new Portal(
                Optional.of(url),
                standard.linkLife(),
                standard.sessionLife(),
                frame.isEmpty() ? List.of() : List.of(frame),
                standard.name(),
                standard.logo(),
                standard.accent());
        try (var own = new TestApi(portal)) {
            var link = own.post("/v1/links", ACME).body().path("url").asText();
            assertThat(link).startsWith(url + "/portal/#");
            var opened = open(own, link.replaceAll(".*#", ""));
            assertThat(opened.header("Set-Cookie"))
                    .matches(name + "=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; " + attributes + "; Max-Age=28800");
            var from = url.replaceAll("(//[^/]*)/.*", "$1");
            var made = own.post("/v1/endpoints", json(), page(cookie(opened), "Origin", from));
            assertThat(made.status()).isEqualTo(201);
        }
    }
}
