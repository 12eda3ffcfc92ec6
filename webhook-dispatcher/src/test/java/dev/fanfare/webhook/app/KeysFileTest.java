package dev.fanfare.webhook.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanfare.service.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysFileTest {
    private static final String KEY =
            Base64.getEncoder().encodeToString("hunter2-hunter2-hunter2-hunter2!".getBytes(US_ASCII));
    private static final String SHORT = Base64.getEncoder().encodeToString("hunter2".getBytes(US_ASCII));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("webhooks.keys");
    }

    @Test
    void sealsWithTheFirstAndOpensWithAll() throws IOException {
        Files.writeString(file, "# the new one\nk2 " + KEY + "\n\n  k1\t" + KEY + "  \n");
        assertThat(KeysFile.read(file)).hasToString("KeyRing[[k1, k2], current k2]");
    }

    @Test
    void saysHowToMakeOneWhereThereIsNone() {
        assertThatThrownBy(() -> KeysFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage("secrets.keys-file: the file " + file
                        + " does not exist: make one with  echo \"k1 $(openssl rand -base64 32)\"");
    }

    @Test
    void namesTheLineThatIsWrongAndShowsNoKey() throws IOException {
        assertRefused("", "holds no key");
        assertRefused("# k1 " + KEY + "\n", "holds no key");
        assertRefused(KEY + "\n", "line 1 must be an id of its own and a key, with a space between");
        assertRefused("k1 " + KEY + "\n\nk1 " + KEY, "line 3 must be an id of its own");
        assertRefused("k/1 " + KEY, "line 1 must be an id of its own");
        assertRefused("k1 " + KEY + " " + KEY, "line 1 must be an id of its own");
        assertRefused("k1 " + KEY + "\nk2 " + SHORT, "line 2 has no key of 32 bytes in base64");
        assertRefused("k1 hunter2-hunter2", "line 1 has no key of 32 bytes in base64");
    }

    @Test
    void saysThatItCannotRead() throws IOException {
        assertThatThrownBy(() -> KeysFile.read(folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("secrets.keys-file: the file " + folder + " cannot be read");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 'k', 0});
        assertThatThrownBy(() -> KeysFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("secrets.keys-file: the file " + file + " cannot be read");
    }

    private void assertRefused(String text, String why) throws IOException {
        Files.writeString(file, text);
        assertThatThrownBy(() -> KeysFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("secrets.keys-file: the file " + file + " " + why)
                .message()
                .doesNotContain(KEY, SHORT, "hunter2");
    }
}
