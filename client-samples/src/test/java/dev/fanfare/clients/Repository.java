package dev.fanfare.clients;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Where the repository lies, and what this machine has to run it.
final class Repository {
    static final Path ROOT = Path.of(System.getProperty("fanfare.repository", ".."))
            .toAbsolutePath()
            .normalize();
    static final Path SAMPLES = ROOT.resolve("client-samples");

    private Repository() {}

    /// A program of this machine. Where it is missing, the test is skipped, but not under CI.
    static Path program(String name, String debianPackage) {
        return find(name).orElseGet(() -> {
            missing("no %s here: apt-get install %s".formatted(name, debianPackage));
            throw new AssertionError("not reached");
        });
    }

    /// Ends a test that cannot run here: by skipping it, under CI by failing.
    static void missing(String what) {
        if ("true".equals(System.getenv("CI"))) {
            fail(what);
        }
        abort(what);
    }

    private static Optional<Path> find(String name) {
        var folders = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
        return Arrays.stream(folders.split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
