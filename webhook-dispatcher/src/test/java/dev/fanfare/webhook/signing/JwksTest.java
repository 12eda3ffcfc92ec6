package dev.fanfare.webhook.signing;

import static dev.fanfare.webhook.signing.Subscribers.NOW;
import static dev.fanfare.webhook.signing.Subscribers.RING;
import static dev.fanfare.webhook.signing.Subscribers.ending;
import static dev.fanfare.webhook.signing.Subscribers.endpoint;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class JwksTest {
    private final Secrets secrets = new Secrets(RING);
    private final Secrets.Made made = secrets.asymmetric(NOW);

    private static PublicKey key(JsonNode jwk) throws Exception {
        var spki = HexFormat.of()
                .formatHex(Base64.getUrlDecoder().decode(jwk.get("x").textValue()));
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new X509EncodedKeySpec(HexFormat.of().parseHex("302a300506032b6570032100" + spki)));
    }

    private static boolean verifies(JsonNode jwk, String text, String signature) throws Exception {
        var verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(key(jwk));
        verifier.update(text.getBytes(UTF_8));
        return verifier.verify(Base64.getDecoder().decode(signature));
    }

    @Test
    void publishesTheKeyThatVerifies() throws Exception {
        var endpoint = endpoint(true, made.secret());
        var header = new Signer(RING)
                .headers(endpoint, "msg_1", NOW, "body".getBytes(UTF_8))
                .get(Signer.SIGNATURE);
        var signature = Objects.requireNonNull(header).substring("v1a,".length());
        var jwk = new ObjectMapper()
                .readTree(Jwks.render(List.of(endpoint), NOW))
                .get("keys")
                .get(0);

        assertThat(jwk.get("kty").textValue()).isEqualTo("OKP");
        assertThat(jwk.get("crv").textValue()).isEqualTo("Ed25519");
        assertThat(jwk.get("use").textValue()).isEqualTo("sig");
        assertThat(jwk.get("kid").textValue()).isEqualTo(made.secret().id());
        assertThat(jwk).hasSize(5);
        assertThat(verifies(jwk, "msg_1." + NOW.getEpochSecond() + ".body", signature))
                .isTrue();
        assertThat(verifies(jwk, "msg_1." + NOW.getEpochSecond() + ".bodY", signature))
                .isFalse();
    }

    @Test
    void publishesAsMadeKnown() throws Exception {
        var x = Base64.getUrlDecoder()
                .decode(new ObjectMapper()
                        .readTree(Jwks.render(List.of(endpoint(true, made.secret())), NOW))
                        .at("/keys/0/x")
                        .textValue());
        assertThat(made.text()).isEqualTo("whpk_" + Base64.getEncoder().encodeToString(x));
    }

    @Test
    void publishesPublicKeysInUseOnly() throws Exception {
        var ended = ending(secrets.asymmetric(NOW).secret(), NOW);
        var ending = ending(secrets.asymmetric(NOW).secret(), NOW.plusSeconds(1));
        var endpoints =
                List.of(endpoint(true, made.secret(), secrets.symmetric(NOW).secret(), ended), endpoint(true, ending));
        assertThat(new ObjectMapper().readTree(Jwks.render(endpoints, NOW)).findValuesAsText("kid"))
                .containsExactly(made.secret().id(), ending.id());
        assertThat(Jwks.render(List.of(), NOW)).asString(UTF_8).isEqualTo("{\"keys\":[]}");
    }
}
