package dev.fanfare.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A copy of the library's folder below `target`, with what npm installs for its tests.
final class NodePackage {
    private static @Nullable Path dir;

    private NodePackage() {}

    /// The folder. Where Node, npm or its registry is missing, the test is skipped, but not under CI.
    static synchronized Path dir() throws Exception {
        if (dir == null) {
            Repository.program("node", "nodejs");
            var npm = Repository.program("npm", "npm");
            var copy = copy(
                    Repository.SAMPLES.resolve("js"), Path.of("target", "js").toAbsolutePath());
            var install = List.of(npm.toString(), "install", "--no-audit", "--no-fund", "--prefer-offline");
            try (var installation = Program.start(copy, Map.of(), install)) {
                if (installation.exit(120) != 0) {
                    Repository.missing("needs npm's registry: " + installation);
                }
            }
            dir = copy;
        }
        return dir;
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            var files = all.filter(Files::isRegularFile)
                    .map(from::relativize)
                    .filter(file -> !file.startsWith("node_modules"))
                    .collect(Collectors.toList());
            for (var file : files) {
                var target = to.resolve(file);
                Files.createDirectories(target.getParent());
                Files.copy(from.resolve(file), target, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return to;
    }
}
