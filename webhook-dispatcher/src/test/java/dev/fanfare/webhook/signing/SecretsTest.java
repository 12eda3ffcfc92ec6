package dev.fanfare.webhook.signing;

import static dev.fanfare.webhook.signing.Subscribers.NOW;
import static dev.fanfare.webhook.signing.Subscribers.RING;
import static dev.fanfare.webhook.signing.Subscribers.ending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanfare.webhook.endpoint.SealedSecret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private final Secrets secrets = new Secrets(RING);

    @Test
    void makesSymmetricSecrets() {
        var made = secrets.symmetric(NOW);
        assertThat(made.text()).startsWith("whsec_");
        assertThat(RING.open(made.secret()))
                .hasSize(32)
                .isEqualTo(Base64.getDecoder().decode(made.text().substring(6)));
        assertThat(made.secret().scheme()).isEqualTo("v1");
        assertThat(made.secret().createdAt()).isEqualTo(NOW);
        assertThat(made.secret().expiresAt()).isEmpty();
        assertThat(made.secret().id()).hasSizeLessThanOrEqualTo(40);
        assertThat(secrets.symmetric(NOW).text()).isNotEqualTo(made.text());
    }

    @Test
    void showsTheTextNowhereElse() {
        var made = secrets.symmetric(NOW);
        assertThat(made.toString()).contains(made.secret().id()).doesNotContain(made.text());
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 32, 64})
    void takesTheClientsSecret(int bytes) {
        var text = "whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]);
        var made = secrets.symmetric(text, NOW);
        assertThat(made.text()).isEqualTo(text);
        assertThat(RING.open(made.secret())).isEqualTo(new byte[bytes]);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw       | does not begin with whsec_: give whsec_ and the base64 of 24
            whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa?w | is not base64 (RFC 4648 §4) after whsec_
            whsec_                                 | has 0 bytes: give 24 to 64
            whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw= | is not base64
            whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ= | has 23 bytes: give 24 to 64
            """)
    void refusesAnythingElseWithoutQuotingIt(String text, String fault) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> secrets.symmetric(text, NOW))
                .withMessageContaining(fault)
                .withNoCause()
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("MfKQ"));
    }

    @Test
    void refusesASecretThatIsTooLong() {
        var text = "whsec_" + Base64.getEncoder().encodeToString(new byte[65]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> secrets.symmetric(text, NOW))
                .withMessageContaining("has 65 bytes");
    }

    @Test
    void letsTheReplacedSecretSignForTheOverlap() {
        var v1 = secrets.symmetric(NOW).secret();
        var v1a = secrets.asymmetric(NOW).secret();
        var older = ending(secrets.symmetric(NOW).secret(), NOW.plusSeconds(5));
        var over = ending(secrets.symmetric(NOW).secret(), NOW);
        var fresh = secrets.symmetric(NOW).secret();

        var rotated = Secrets.rotate(List.of(v1, v1a, older, over), fresh, NOW, Duration.ofHours(1));

        assertThat(rotated).extracting(SealedSecret::id).containsExactly(fresh.id(), v1a.id(), v1.id(), older.id());
        assertThat(rotated)
                .extracting(SealedSecret::expiresAt)
                .containsExactly(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(NOW.plusSeconds(3600)),
                        Optional.of(NOW.plusSeconds(5)));
    }

    @Test
    void dropsTheReplacedSecretAtOnceWithoutAnOverlap() {
        var fresh = secrets.asymmetric(NOW).secret();
        var v1 = secrets.symmetric(NOW).secret();
        assertThat(Secrets.rotate(List.of(v1, secrets.asymmetric(NOW).secret()), fresh, NOW, Duration.ZERO))
                .containsExactly(fresh, v1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "P7DT1S"})
    void boundsTheOverlap(Duration overlap) {
        var fresh = secrets.symmetric(NOW).secret();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Secrets.rotate(List.of(), fresh, NOW, overlap))
                .withMessage("has the overlap %s: give one from 0 to 7 days", overlap);
        assertThat(Secrets.rotate(List.of(), fresh, NOW, Duration.ofDays(7))).containsExactly(fresh);
    }

    @Test
    void boundsHowManyOldSecretsAreInUse() {
        List<SealedSecret> held = new ArrayList<>(List.of(secrets.symmetric(NOW).secret()));
        for (int i = 0; i < Secrets.OLD_MAX; i++) {
            held = Secrets.rotate(held, secrets.symmetric(NOW).secret(), NOW, Secrets.OVERLAP_DEFAULT);
        }
        var full = held;
        var fresh = secrets.symmetric(NOW).secret();
        assertThat(full).hasSize(11);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Secrets.rotate(full, fresh, NOW, Secrets.OVERLAP_DEFAULT))
                .withMessageContaining("11 old secrets");
        assertThat(Secrets.rotate(full, fresh, NOW, Duration.ZERO)).hasSize(11);
        assertThat(Secrets.rotate(full, fresh, NOW.plus(Secrets.OVERLAP_DEFAULT), Duration.ofHours(1)))
                .hasSize(2);
    }
}
