package dev.fanfare.webhook.app;

import dev.fanfare.service.config.ConfigException;
import dev.fanfare.webhook.endpoint.SealedSecret;
import dev.fanfare.webhook.signing.KeyRing;
import dev.fanfare.webhook.signing.UnsealableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;

/// The keys that endpoints' secrets are encrypted with, from a file: a line each, an id and 32 bytes in
/// base64. The first encrypts; all decrypt, so that a new one is put before the old ones.
final class KeysFile {
    private static final Pattern LINE = Pattern.compile("([A-Za-z0-9._-]{1,64})\\s+(\\S+)");

    private KeysFile() {}

    /// @throws ConfigException that names `secrets.keys-file`, never a key
    static KeyRing read(Path file) {
        var keys = new LinkedHashMap<String, byte[]>();
        int number = 0;
        for (var line : lines(file)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            var parts = LINE.matcher(line.strip());
            if (!parts.matches() || keys.containsKey(parts.group(1))) {
                throw refused(
                        file, "line %d must be an id of its own and a key, with a space between".formatted(number));
            }
            keys.put(parts.group(1), key(file, number, parts.group(2)));
        }
        if (keys.isEmpty()) {
            throw refused(file, "holds no key");
        }
        return new KeyRing(keys, keys.firstEntry().getKey());
    }

    /// Makes sure that the file's keys open all that is stored.
    ///
    /// @throws ConfigException that names `secrets.keys-file`, a secret's id and a key's
    static void check(Path file, KeyRing ring, Collection<SealedSecret> stored) {
        try {
            ring.check(stored);
        } catch (UnsealableException otherKey) {
            throw refused(file, "does not fit the store: " + otherKey.getMessage());
        }
    }

    private static byte[] key(Path file, int number, String text) {
        try {
            var key = Base64.getDecoder().decode(text);
            if (key.length == KeyRing.KEY_BYTES) {
                return key;
            }
        } catch (IllegalArgumentException notBase64) {
            // told below, without the text
        }
        throw refused(file, "line %d has no key of %d bytes in base64".formatted(number, KeyRing.KEY_BYTES));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException missing) {
            throw refused(file, "does not exist: make one with  echo \"k1 $(openssl rand -base64 32)\"");
        } catch (IOException unreadable) {
            throw refused(file, "cannot be read: " + unreadable.getClass().getSimpleName());
        }
    }

    private static ConfigException refused(Path file, String why) {
        return new ConfigException(List.of("secrets.keys-file: the file " + file + " " + why));
    }
}
