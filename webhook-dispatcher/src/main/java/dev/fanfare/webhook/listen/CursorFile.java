package dev.fanfare.webhook.listen;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// Where a subscription stands, kept over runs if there is a file for it. For one thread.
final class CursorFile {
    private final Optional<Path> file;
    private Optional<String> cursor;

    /// @throws UncheckedIOException if the file is there and cannot be read
    CursorFile(Optional<Path> file) {
        this.file = file;
        this.cursor = file.flatMap(CursorFile::read);
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (NoSuchFileException first) {
            return Optional.empty();
        } catch (IOException failure) {
            throw new UncheckedIOException("--cursor-file %s cannot be read: %s".formatted(file, failure), failure);
        }
    }

    Optional<String> cursor() {
        return cursor;
    }

    /// Whatever happens then, the file holds the old cursor or the new one.
    ///
    /// @throws UncheckedIOException if it cannot be written
    void moveTo(String next) {
        cursor = Optional.of(next);
        if (file.isPresent()) {
            var path = file.get();
            try {
                var fresh = path.resolveSibling(path.getFileName() + ".new");
                Files.writeString(fresh, next + "\n");
                Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException failure) {
                throw new UncheckedIOException(
                        "--cursor-file %s cannot be written: %s".formatted(path, failure), failure);
            }
        }
    }
}
