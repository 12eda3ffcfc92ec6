package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.http.RawServer.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.webhook.api.TestApi.Answer;
import dev.fanfare.webhook.http.RawServer;
import java.io.IOException;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Endpoints whose receivers are asked first (CloudEvents, HTTP 1.1 Web Hooks §4).
@Timeout(120)
class ConsentTest {
    private static final String ANY = "WebHook-Allowed-Origin: *";

    private static TestApi api;

    @BeforeAll
    static void start() {
        api = new TestApi();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void asksTheReceiverOfANewEndpointAndKeepsWhatItGrants() throws IOException {
        try (var receiver = RawServer.answering(granting(120))) {
            var created = api.post(
                    "/v1/endpoints", at(receiver, "/hook", "'ratePerSecond':5,'headers':{'Authorization':'Bearer x'}"));
            assertThat(created.status()).as(created.text()).isEqualTo(201);
            assertThat(receiver.requests()).hasSize(1);
            assertThat(receiver.requests().getFirst())
                    .startsWith("OPTIONS /hook HTTP/1.1\r\n")
                    .contains("WebHook-Request-Origin: fanfare.test\r\n", "WebHook-Request-Rate: 300\r\n")
                    .contains("Authorization: Bearer x\r\n");
            assertThat(created.body().path("allowedRate").asInt()).isEqualTo(120);
            assertThat(allowedRate(created.header("Location"))).isEqualTo(120);
            var id = created.body().path("id").asText();
            assertThat(api.endpointOf(id).allowedRate()).isEqualTo(OptionalInt.of(120));
        }
    }

    @Test
    void asksNobodyWhoNeedNotConsent() throws IOException {
        try (var receiver = RawServer.answering(granting(120))) {
            var body = at(receiver, "/hook", "'ratePerSecond':5").replace("\"handshake\":true", "\"handshake\":false");
            var created = api.post("/v1/endpoints", body);
            assertThat(created.body().path("allowedRate").isNull()).isTrue();
            assertThat(receiver.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"405, WebHook-Allowed-Origin: *, 405", "200, X-Other: 1, WebHook-Allowed-Origin"})
    void refusesAnEndpointWhoseReceiverDoesNotConsent(int status, String header, String why) throws IOException {
        var tenant = "refused-" + status;
        try (var receiver = RawServer.answering(answer(status, header))) {
            var refused = api.post("/v1/endpoints", at(receiver, "/hook", "'tenant':'%s'".formatted(tenant)));
            assertThat(refused.status()).as(refused.text()).isEqualTo(422);
            assertThat(refused.code()).isEqualTo("handshake-refused");
            assertThat(refused.fields()).containsExactly("handshake");
            assertThat(refused.body().path("detail").asText()).contains(why);
            assertThat(receiver.requests()).hasSize(1);
        }
        assertThat(api.get("/v1/endpoints?tenant=" + tenant).body().path("items"))
                .isEmpty();
    }

    @Test
    void asksAgainWhenTheAddressChanges() throws IOException {
        try (var receiver = RawServer.answering(granting(120), granting(60), answer(403))) {
            var path = api.post("/v1/endpoints", at(receiver, "/one", "'timeout':'5s'"))
                    .header("Location");
            assertThat(patch(path, "'description':'x'").status()).isEqualTo(200);
            assertThat(receiver.requests()).hasSize(1);
            assertThat(allowedRate(path)).isEqualTo(120);

            assertThat(patch(path, "'url':'%s'".formatted(url(receiver, "/two")))
                            .status())
                    .isEqualTo(200);
            assertThat(receiver.requests()).hasSize(2);
            assertThat(receiver.requests().getLast()).startsWith("OPTIONS /two HTTP/1.1\r\n");
            assertThat(allowedRate(path)).isEqualTo(60);

            var refused = patch(path, "'url':'%s'".formatted(url(receiver, "/three")));
            assertThat(refused.status()).as(refused.text()).isEqualTo(422);
            assertThat(refused.code()).isEqualTo("handshake-refused");
            assertThat(receiver.requests()).hasSize(3);
            assertThat(api.get(path).body().path("url").asText()).isEqualTo(url(receiver, "/two"));
            assertThat(allowedRate(path)).isEqualTo(60);
        }
    }

    @Test
    void forgetsAndAsksAgainAsTheHandshakeIsSwitched() throws IOException {
        try (var receiver = RawServer.answering(granting(120), granting(60))) {
            var path = api.post("/v1/endpoints", at(receiver, "/hook", "'timeout':'5s'"))
                    .header("Location");
            var off = patch(path, "'handshake':false");
            assertThat(off.body().path("allowedRate").isNull()).isTrue();
            assertThat(receiver.requests()).hasSize(1);
            assertThat(patch(path, "'handshake':true").status()).isEqualTo(200);
            assertThat(receiver.requests()).hasSize(2);
            assertThat(allowedRate(path)).isEqualTo(60);
        }
    }

    private static String granting(int rate) {
        return answer(200, ANY, "WebHook-Allowed-Rate: " + rate);
    }

    private static String url(RawServer receiver, String path) {
        return "http://127.0.0.1:%d%s".formatted(receiver.port(), path);
    }

    private static String at(RawServer receiver, String path, String members) {
        return "{'url':'%s','channels':['orders.*'],'handshake':true,%s}"
                .formatted(url(receiver, path), members)
                .replace('\'', '"');
    }

    private static Answer patch(String path, String members) {
        return api.patch(path, "{%s}".formatted(members).replace('\'', '"'), "If-Match", "*");
    }

    private static int allowedRate(String path) {
        return api.get(path).body().path("allowedRate").asInt();
    }
}
