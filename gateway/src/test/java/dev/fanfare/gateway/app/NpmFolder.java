package dev.fanfare.gateway.app;

import dev.fanfare.gateway.testing.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A folder below `target` with a script of the tests' resources and the packages that it needs.
final class NpmFolder {
    private final Path folder;

    private NpmFolder(Path folder) {
        this.folder = folder;
    }

    /// Skips the test where node, npm or its registry is missing.
    static NpmFolder of(String script) throws IOException, InterruptedException {
        var folder = Path.of("target", "npm").toAbsolutePath();
        Files.createDirectories(folder);
        for (var name : new String[] {"package.json", script}) {
            try (var in = Objects.requireNonNull(NpmFolder.class.getResourceAsStream("/npm/" + name))) {
                Files.write(folder.resolve(name), in.readAllBytes());
            }
        }
        var made = new NpmFolder(folder);
        try {
            made.run("", "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts");
        } catch (IOException failure) {
            throw Missing.here("needs node, npm and its registry: " + failure.getMessage());
        }
        return made;
    }

    /// Runs a command there and answers what it prints.
    String run(String input, String... command) throws IOException, InterruptedException {
        var output = folder.resolve("output");
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(Files.writeString(folder.resolve("input"), input).toFile())
                .redirectOutput(output.toFile())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command[0] + " failed: " + Files.readString(folder.resolve("errors")));
            }
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output);
    }
}
