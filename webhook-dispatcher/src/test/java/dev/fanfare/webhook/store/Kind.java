package dev.fanfare.webhook.store;

import java.nio.file.Path;

/// The databases that each test of the store runs on.
enum Kind {
    H2 {
        @Override
        StoreSettings empty() {
            return h2(Scratch.folder("h2").resolve("store"));
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
