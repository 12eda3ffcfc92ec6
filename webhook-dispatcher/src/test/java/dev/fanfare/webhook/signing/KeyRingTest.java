package dev.fanfare.webhook.signing;

import static dev.fanfare.webhook.signing.Subscribers.NOW;
import static dev.fanfare.webhook.signing.Subscribers.key;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanfare.webhook.endpoint.SealedSecret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyRingTest {
    private static final byte[] SECRET = "a secret of twenty-four b".getBytes(UTF_8);

    private static SealedSecret sealed(KeyRing ring) {
        return ring.seal("sec_1", Secrets.V1, SECRET, new byte[0], NOW);
    }

    private static SealedSecret with(SealedSecret secret, String id, byte[] sealed) {
        return new SealedSecret(id, secret.scheme(), secret.keyId(), sealed, secret.publicKey(), NOW, Optional.empty());
    }

    @Test
    void opensWhatItSealed() {
        var ring = new KeyRing(Map.of("k1", key(1)), "k1");
        var secret = sealed(ring);
        assertThat(ring.open(secret)).isEqualTo(SECRET);
        assertThat(new String(secret.sealed(), UTF_8)).doesNotContain("secret");
        assertThat(sealed(ring).sealed()).as("another nonce").isNotEqualTo(secret.sealed());
    }

    @Test
    void sealsWithTheCurrentKeyAndOpensWithTheOthers() {
        var before = sealed(new KeyRing(Map.of("k1", key(1)), "k1"));
        var ring = new KeyRing(Map.of("k1", key(1), "k2", key(2)), "k2");
        assertThat(ring.open(before)).isEqualTo(SECRET);
        assertThat(sealed(ring).keyId()).isEqualTo("k2");
        assertThatCode(() -> ring.check(List.of(before, sealed(ring)))).doesNotThrowAnyException();
    }

    @Test
    void renewsUnderTheCurrentKeyWhatAnotherSealed() {
        var before = sealed(new KeyRing(Map.of("k1", key(1)), "k1"));
        var ring = new KeyRing(Map.of("k1", key(1), "k2", key(2)), "k2");
        var renewed = ring.renew(before).orElseThrow();
        assertThat(renewed.keyId()).isEqualTo("k2");
        assertThat(new KeyRing(Map.of("k2", key(2)), "k2").open(renewed)).isEqualTo(SECRET);
        assertThat(ring.renew(renewed)).isEmpty();
    }

    @Test
    void namesTheKeyThatIsMissing() {
        var secret = sealed(new KeyRing(Map.of("k-old", key(1)), "k-old"));
        var ring = new KeyRing(Map.of("k2", key(2)), "k2");
        assertThatExceptionOfType(UnsealableException.class)
                .isThrownBy(() -> ring.check(List.of(sealed(ring), secret)))
                .withMessage(
                        "secret sec_1 is sealed with the encryption key 'k-old', which is not configured: add that key");
    }

    @Test
    void namesTheKeyThatIsAnotherUnderTheSameId() {
        var secret = sealed(new KeyRing(Map.of("k1", key(1)), "k1"));
        var ring = new KeyRing(Map.of("k1", key(2)), "k1");
        assertThatExceptionOfType(UnsealableException.class)
                .isThrownBy(() -> ring.check(List.of(secret)))
                .withMessageStartingWith("secret sec_1 does not open with the encryption key 'k1': configure the key");
    }

    @Test
    void opensNothingThatWasChangedOrMoved() {
        var ring = new KeyRing(Map.of("k1", key(1)), "k1");
        var secret = sealed(ring);
        var changed = secret.sealed().clone();
        changed[changed.length - 1] ^= 1;
        for (var bad : List.of(
                with(secret, "sec_1", changed),
                with(secret, "sec_2", secret.sealed()),
                with(secret, "sec_1", new byte[0]),
                with(secret, "sec_1", new byte[12]))) {
            assertThatExceptionOfType(UnsealableException.class).isThrownBy(() -> ring.open(bad));
        }
    }

    @Test
    void refusesKeysThatAreNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyRing(Map.of("k1", new byte[16]), "k1"))
                .withMessage("the encryption key 'k1' has 16 bytes: give 32 random ones");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyRing(Map.of("k1", key(1)), "k2"))
                .withMessageContaining("'k2'")
                .withMessageContaining("[k1]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyRing(Map.of("k 1", key(1)), "k 1"))
                .withMessageContaining("'k 1'");
    }
}
