package dev.fanfare.webhook.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The databases that each test of the store runs on.
enum Kind {
    H2 {
        @Override
        StoreSettings empty() {
            try {
                return h2(Files.createTempDirectory("fanfare-h2").resolve("store"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },
    POSTGRES {
        @Override
        StoreSettings empty() {
            return Postgres.shared().database();
        }
    };

    abstract StoreSettings empty();

    static StoreSettings h2(Path file) {
        return new StoreSettings("jdbc:h2:file:" + file, "sa", "", 4);
    }
}
