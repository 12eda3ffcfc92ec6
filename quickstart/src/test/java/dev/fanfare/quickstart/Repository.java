package dev.fanfare.quickstart;

import java.nio.file.Path;

/// Where the repository lies, for tests of what Maven packages and of the launcher.
final class Repository {
    static final Path ROOT = Path.of(System.getProperty("fanfare.repository", ".."))
            .toAbsolutePath()
            .normalize();

    private Repository() {}
}
