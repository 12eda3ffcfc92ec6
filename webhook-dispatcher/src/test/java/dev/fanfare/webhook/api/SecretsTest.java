package dev.fanfare.webhook.api;

import static dev.fanfare.webhook.api.TestApi.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.SealedSecret;
import dev.fanfare.webhook.signing.KeyRing;
import dev.fanfare.webhook.signing.Signer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SecretsTest {
    private static final String OWN = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

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
    void rotatesWithAnOverlap() throws Exception {
        var created = api.post("/v1/endpoints", json());
        var path = created.header("Location");
        var rotated = api.post(path + "/secret/rotate", "");
        assertThat(rotated.status()).as(rotated.text()).isEqualTo(200);
        assertThat(rotated.header("ETag")).isEqualTo("\"2\"");
        var fresh = rotated.body().path("secret").asText();
        assertThat(fresh)
                .startsWith("whsec_")
                .isNotEqualTo(created.body().path("secret").asText());
        assertThat(Instant.parse(rotated.body().path("previousExpiresAt").asText()))
                .isBetween(
                        Instant.now().plus(Duration.ofHours(23)), Instant.now().plus(Duration.ofHours(25)));

        var id = new EndpointId(created.body().path("id").asText());
        var now = Instant.now();
        var headers =
                new Signer(api.ring).headers(api.registry.find(id).orElseThrow(), "msg_1", now, "{}".getBytes(UTF_8));
        var library = new com.standardwebhooks.Webhook(fresh);
        var signature = library.sign("msg_1", now.getEpochSecond(), "{}");
        assertThat(headers.getOrDefault("webhook-signature", "").split(" "))
                .hasSize(2)
                .startsWith(signature);
        assertThat(api.get(path).text()).doesNotContain("whsec_");
    }

    @Test
    void renewsWhatIsSealedWithAnOldKey() {
        var created = api.post("/v1/endpoints", json());
        var path = created.header("Location");
        api.post(path + "/secret/rotate", "");
        var id = new EndpointId(created.body().path("id").asText());
        var before = api.registry.find(id).orElseThrow().secrets();
        var ring = new KeyRing(Map.of("k1", new byte[KeyRing.KEY_BYTES], "k2", key(2)), "k2");
        api.store.renewSecrets(ring::renew);
        try {
            assertThat(api.store.secrets()).extracting(SealedSecret::keyId).containsOnly("k2");
            new KeyRing(Map.of("k2", key(2)), "k2").check(api.store.secrets());
            assertThat(api.store.secrets())
                    .extracting(SealedSecret::id, SealedSecret::createdAt, SealedSecret::expiresAt)
                    .containsAll(before.stream()
                            .map(one -> tuple(one.id(), one.createdAt(), one.expiresAt()))
                            .toList());
        } finally {
            api.store.renewSecrets(new KeyRing(Map.of("k1", new byte[KeyRing.KEY_BYTES], "k2", key(2)), "k1")::renew);
        }
    }

    private static byte[] key(int fill) {
        var key = new byte[KeyRing.KEY_BYTES];
        Arrays.fill(key, (byte) fill);
        return key;
    }

    @Test
    void takesTheOwnersSecret() {
        var path = "/v1/endpoints/" + api.endpoint();
        var rotated = api.post(path + "/secret/rotate", "{\"secret\":\"%s\",\"overlap\":\"0s\"}".formatted(OWN));
        assertThat(rotated.status()).as(rotated.text()).isEqualTo(200);
        assertThat(rotated.body().path("secret").asText()).isEqualTo(OWN);
        assertThat(api.post(path + "/secret/rotate", "", "If-Match", "\"1\"").status())
                .isEqualTo(412);
    }

    @Test
    void refusesBadSecretsWithoutShowingThem() {
        var path = "/v1/endpoints/" + api.endpoint() + "/secret/rotate";
        for (var secret : new String[] {
            "\"hunter2\"", "\"whsec_hunter2\"", "\"whsec_hunter2hunter2hunter2%%\"", "7212", "{\"hunter2\":1}"
        }) {
            var answer = api.post(path, "{\"secret\":%s}".formatted(secret));
            assertThat(answer.status()).as(answer.text()).isEqualTo(422);
            assertThat(answer.fields()).containsExactly("secret");
            assertThat(answer.text()).doesNotContain("hunter2").doesNotContain("7212");
        }
        assertThat(api.post(path, "{\"overlap\":\"8d\",\"scheme\":\"v2\"}").fields())
                .contains("overlap", "scheme");
        assertThat(api.post(path, "{\"overlap\":\"169h\"}").fields()).containsExactly("overlap");
        assertThat(api.post(path, "{\"overlaps\":\"1h\"}").text()).contains("'overlap'");
        assertThat(api.post(path, "{\"scheme\":\"v1a\"}").fields()).containsExactly("scheme");
    }

    @Test
    void publishesKeysForEverybody() {
        var created = api.post("/v1/endpoints", json("'signature':'v1+v1a'"));
        var key = created.body().path("publicKeys").path(0);
        var path = created.header("Location");
        var rotated = api.post(path + "/secret/rotate", "{\"scheme\":\"v1a\"}");
        assertThat(rotated.body().path("publicKey").asText()).startsWith("whpk_");
        var keys = api.get("/.well-known/webhook-keys", "Authorization", "");
        assertThat(keys.header("Content-Type")).isEqualTo("application/jwk-set+json");
        var raw = Base64.getDecoder().decode(key.path("key").asText().substring("whpk_".length()));
        assertThat(keys.text())
                .contains(key.path("id").asText())
                .contains(Base64.getUrlEncoder().withoutPadding().encodeToString(raw))
                .contains(rotated.body().path("id").asText());
        // an endpoint that asks for the second signature later gets its key then
        var plain = "/v1/endpoints/" + api.endpoint();
        assertThat(api.patch(plain, "{\"signature\":\"v1+v1a\"}", "If-Match", "*")
                        .body()
                        .path("publicKeys"))
                .hasSize(1);
        assertThat(api.patch(plain, "{\"ttl\":\"1h\"}", "If-Match", "*").body().path("publicKeys"))
                .hasSize(1);
    }
}
