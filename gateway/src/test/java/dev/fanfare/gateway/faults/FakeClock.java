package dev.fanfare.gateway.faults;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.fanfare.gateway.testing.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A wall clock for a process, that jumps while the process runs; the monotonic one goes on, as when a machine's time
/// is set. By libfaketime, which is put between the process and the C library.
final class FakeClock {
    private static final String LIBRARY = "faketime/libfaketimeMT.so.1";

    private final String library;
    private final Path file;

    private FakeClock(String library, Path file) {
        this.library = library;
        this.file = file;
    }

    /// One that is right at first. Where libfaketime is missing the test is skipped with a word about why, or fails if
    /// `CI` is `true`.
    static FakeClock create(Path dir) throws IOException {
        var library = find();
        if (library == null) {
            throw Missing.here("no libfaketime here, so no clock jumps: install the package faketime");
        }
        var clock = new FakeClock(library.toString(), dir.resolve("clock"));
        clock.jump(Duration.ZERO);
        return clock;
    }

    /// Debian has it in a folder of the processor's name.
    private static @Nullable Path find() throws IOException {
        try (var folders = Files.newDirectoryStream(Path.of("/usr/lib"), "*-linux-*")) {
            for (var folder : folders) {
                if (Files.exists(folder.resolve(LIBRARY))) {
                    return folder.resolve(LIBRARY);
                }
            }
        }
        for (var folder : List.of("/usr/lib", "/usr/lib64", "/usr/local/lib")) {
            if (Files.exists(Path.of(folder, LIBRARY))) {
                return Path.of(folder, LIBRARY);
            }
        }
        return null;
    }

    /// For the process that is to go by this clock.
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD",
                library,
                "FAKETIME_TIMESTAMP_FILE",
                file.toString(),
                "FAKETIME_CACHE_DURATION",
                "1", // seconds
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
    }

    /// From now on, within a second, it differs by so much from the machine's.
    void jump(Duration ahead) throws IOException {
        var next = file.resolveSibling("clock.next");
        Files.writeString(next, "%+d".formatted(ahead.toSeconds()));
        Files.move(next, file, ATOMIC_MOVE, REPLACE_EXISTING);
    }
}
