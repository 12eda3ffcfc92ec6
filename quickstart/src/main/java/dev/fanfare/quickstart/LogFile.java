package dev.fanfare.quickstart;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// What one child prints, over all its lives: a file and its predecessor, each of at most 4 MiB. Begins anew with
/// each `up`.
///
/// Threads: confined to the one that supervises the child.
final class LogFile {
    private static final long BYTES_MAX = 4L << 20;

    private final Path file;
    private final Path previous;

    LogFile(Path file) throws IOException {
        this.file = file;
        this.previous = file.resolveSibling(file.getFileName() + ".1");
        Files.createDirectories(file.toAbsolutePath().getParent());
        rotate();
    }

    Path file() {
        return file;
    }

    /// Appends everything that comes, until its end.
    void copy(InputStream in) throws IOException {
        var buffer = new byte[8192];
        var out = append();
        try {
            long size = Files.size(file);
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (size + n > BYTES_MAX) {
                    out.close();
                    rotate();
                    out = append();
                    size = 0;
                }
                out.write(buffer, 0, n);
                size += n;
            }
        } finally {
            out.close();
        }
    }

    private OutputStream append() throws IOException {
        return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void rotate() throws IOException {
        if (Files.exists(file)) {
            Files.move(file, previous, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
