package dev.fanfare.gateway.faults;

import dev.fanfare.gateway.testing.Missing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A file system of a few mebibytes, in memory, that can be filled up. Needs Linux and root.
final class SmallDisk implements AutoCloseable {
    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /// Mounts one. Where that is not possible the test is skipped with a word about why, or fails if `CI` is `true`.
    static SmallDisk mount(Path folder, int mebibytes) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        try {
            run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "fanfare-test", folder.toString());
        } catch (IOException refused) {
            throw Missing.here("no small disk here, so none is full: " + refused.getMessage());
        }
        return new SmallDisk(folder);
    }

    /// Leaves no byte free.
    void fill() {
        try (var ballast = Files.newOutputStream(ballast())) {
            var block = new byte[4096];
            while (true) {
                ballast.write(block);
            }
        } catch (IOException full) {
            // that is what was wanted
        }
    }

    /// Frees what was filled.
    void free() throws IOException {
        Files.delete(ballast());
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", List.of(command)) + " says: " + said.strip());
        }
    }

    @Override
    public void close() throws IOException {
        try {
            run("umount", "--lazy", folder.toString());
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
