package dev.fanfare.webhook.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/// Folders that are gone when the process is. Not for a broker in this process: it ends the process if its folder is
/// gone before.
public final class Scratch {
    private static final int TRIES = 25;

    private Scratch() {}

    /// A new, empty one.
    public static Path folder(String name) {
        try {
            var folder = Files.createTempDirectory("fanfare-" + name);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder), "scratch"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Servers that are stopped at the same time may write to it still.
    public static void remove(Path folder) {
        for (int tries = 0; Files.exists(folder) && tries < TRIES; tries++) {
            try (var all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder())
                        .forEach(path -> path.toFile().delete());
                TimeUnit.MILLISECONDS.sleep(Files.exists(folder) ? 200 : 0);
            } catch (IOException | UncheckedIOException again) {
                // somebody else removes files too
            } catch (InterruptedException hurry) {
                return;
            }
        }
    }
}
