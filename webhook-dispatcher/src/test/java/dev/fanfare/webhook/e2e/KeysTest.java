package dev.fanfare.webhook.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.quickstart.broker.LocalBroker;
import dev.fanfare.service.config.ConfigException;
import dev.fanfare.webhook.app.WebhookDispatcher;
import dev.fanfare.webhook.signing.KeyRing;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Starts on a store whose secrets were sealed before.
@Timeout(120)
class KeysTest {
    private static final LocalBroker BROKER = LocalBroker.get();
    private static final String OTHER = other();

    @TempDir
    private Path dir;

    private Setup setup;
    private String before;

    @BeforeEach
    void store() throws IOException {
        setup = Setup.of(dir, BROKER.bootstrapServers(), BROKER.newTopic("keys", 1));
        setup.endpoint(
                URI.create("http://127.0.0.1:9/"),
                Draft.retrying(0, Duration.ZERO).settings());
        before = Files.readString(setup.keys());
    }

    @Test
    void doesNotStartWithAnotherKeyUnderTheSameId() throws IOException {
        assertRefused("k1 " + OTHER + "\n", "does not open with the encryption key 'k1': configure the key that had");
    }

    @Test
    void doesNotStartWithoutTheKey() throws IOException {
        assertRefused("k2 " + OTHER + "\n", "the encryption key 'k1', which is not configured: add that key");
    }

    @Test
    void startsWithANewKeyBeforeTheOldOne() throws IOException {
        assertRefused("k2 " + OTHER + "\n", "k1"); // and has let go of the store
        Files.writeString(setup.keys(), "k2 " + OTHER + "\n" + before);
        try (var dispatcher = TestDispatcher.start(setup)) {
            assertThat(dispatcher.api().get("/v1/endpoints").path("items")).hasSize(1);
        }
    }

    private void assertRefused(String keys, String why) throws IOException {
        Files.writeString(setup.keys(), keys);
        assertThatThrownBy(() -> WebhookDispatcher.start(setup.settings()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("secrets.keys-file: the file " + setup.keys())
                .hasMessageContaining(why)
                .message()
                .doesNotContain(OTHER, before.strip().substring(3));
    }

    private static String other() {
        var key = new byte[KeyRing.KEY_BYTES];
        Arrays.fill(key, (byte) 7);
        return Base64.getEncoder().encodeToString(key);
    }
}
