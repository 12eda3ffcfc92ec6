package dev.fanfare.webhook.signing;

import static dev.fanfare.webhook.signing.Subscribers.NOW;
import static dev.fanfare.webhook.signing.Subscribers.RING;
import static dev.fanfare.webhook.signing.Subscribers.ending;
import static dev.fanfare.webhook.signing.Subscribers.endpoint;
import static dev.fanfare.webhook.signing.Subscribers.v1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.SealedSecret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// The vectors are public test keys: A and C of Svix, A also of Standard Webhooks' Go library, B of its Rust library.
class SignerTest {
    private static final String A = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String B = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private static final String C =
            "6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
    private static final String ID_A = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final Instant AT_A = Instant.ofEpochSecond(1_614_265_330);
    private static final byte[] BODY_A = "{\"test\": 2432232314}".getBytes(UTF_8);
    private static final String SIGNED_A = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static final String SIGNED_C =
            "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

    private final Signer signer = new Signer(RING);

    private static SealedSecret secretC() {
        byte[] pair = Base64.getDecoder().decode(C);
        return RING.seal("sec_c", Secrets.V1A, Arrays.copyOf(pair, 32), Arrays.copyOfRange(pair, 32, pair.length), NOW);
    }

    private String signature(Endpoint endpoint) {
        return Objects.requireNonNull(
                signer.headers(endpoint, ID_A, AT_A, BODY_A).get(Signer.SIGNATURE));
    }

    @Test
    void signsThePublishedSymmetricVectors() {
        assertThat(signer.headers(endpoint(false, v1("sec_a", A)), ID_A, AT_A, BODY_A))
                .containsOnlyKeys("webhook-id", "webhook-timestamp", "webhook-signature")
                .containsEntry("webhook-id", ID_A)
                .containsEntry("webhook-timestamp", "1614265330")
                .containsEntry("webhook-signature", SIGNED_A);
        var body = "{\"email\":\"test@example.com\",\"username\":\"test_user\"}".getBytes(UTF_8);
        assertThat(signer.headers(
                        endpoint(false, v1("sec_b", B)),
                        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
                        Instant.ofEpochSecond(1_649_367_553),
                        body))
                .containsEntry("webhook-signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
    }

    @Test
    void signsThePublishedAsymmetricVector() {
        assertThat(signature(endpoint(true, secretC()))).isEqualTo(SIGNED_C);
    }

    @Test
    void signsWithEachActiveSecretTheCurrentFirst() {
        var old = ending(v1("sec_a", A), AT_A.plusSeconds(1));
        var ended = ending(v1("sec_ended", A), AT_A);
        var signature = signature(endpoint(true, v1("sec_b", B), secretC(), old, ended));
        assertThat(signature.split(" "))
                .hasSize(3)
                .satisfies(parts -> assertThat(parts[0]).startsWith("v1,").isNotEqualTo(SIGNED_A))
                .endsWith(SIGNED_C, SIGNED_A);
    }

    @Test
    void leavesAsymmetricSecretsOutWhereTheEndpointDoesNotAskForThem() {
        assertThat(signature(endpoint(false, v1("sec_a", A), secretC()))).isEqualTo(SIGNED_A);
    }

    @Test
    void refusesToSendUnsigned() {
        var endpoint = endpoint(true, ending(v1("sec_a", A), AT_A));
        assertThatIllegalStateException()
                .isThrownBy(() -> signature(endpoint))
                .withMessageContaining(endpoint.id().value());
    }

    @Test
    void refusesAnIdThatWouldMakeTheSignedTextAmbiguous() {
        var endpoint = endpoint(false, v1("sec_a", A));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signer.headers(endpoint, "msg_1.2", AT_A, BODY_A))
                .withMessageContaining("'msg_1.2'");
    }

    @Test
    void namesTheKeyThatDoesNotOpenASecret() {
        var elsewhere = new Signer(new KeyRing(Map.of("k2", new byte[32]), "k2"));
        var endpoint = endpoint(false, v1("sec_a", A));
        assertThatExceptionOfType(UnsealableException.class)
                .isThrownBy(() -> elsewhere.headers(endpoint, ID_A, AT_A, BODY_A))
                .withMessageContaining("'k1'");
    }

    @Test
    void signsInManyThreadsAtOnce() throws Exception {
        var endpoint = endpoint(true, v1("sec_a", A), secretC());
        Callable<List<String>> task = () -> {
            var signatures = new ArrayList<String>();
            for (int i = 0; i < 50; i++) {
                signatures.add(signature(endpoint));
            }
            return signatures;
        };
        var results = new ArrayList<Future<List<String>>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                results.add(threads.submit(task));
            }
        }
        for (var result : results) {
            assertThat(result.get()).containsOnly(SIGNED_A + " " + SIGNED_C);
        }
    }

    @Test
    void showsNoSecret() throws Exception {
        byte[] key = Base64.getDecoder().decode(A.substring(Secrets.PREFIX.length()));
        assertThat(SigningKey.of(Secrets.V1, key).toString()).isEqualTo("a symmetric key");
        assertThat(SigningKey.of(Secrets.V1A, Arrays.copyOf(key, 32)).toString())
                .isEqualTo("an asymmetric key");
        assertThat(RING.toString()).isEqualTo("KeyRing[[k1], current k1]");
    }
}
