package dev.fanfare.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/// Files that only their owner may read (mode 0600 where there are modes). Each is there as a whole, or not at all.
final class PrivateFile {
    private static final int RANDOM_BYTES = 32;

    private PrivateFile() {}

    static void write(Path file, String text) throws IOException {
        boolean hasModes = Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix");
        var attributes = hasModes
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        var next = file.resolveSibling(file.getFileName() + ".next");
        Files.deleteIfExists(next);
        Files.createFile(next, attributes);
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// What the file holds; empty if it is not there.
    static Optional<String> read(Path file) throws IOException {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        }
    }

    /// What the file holds; where there is none, it is made.
    static String kept(Path file, Supplier<String> made) throws IOException {
        var there = read(file);
        if (there.isPresent()) {
            return there.get();
        }
        var text = made.get();
        write(file, text + "\n");
        return text;
    }

    /// Too much to guess.
    static String random(Base64.Encoder encoder) {
        var bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return encoder.encodeToString(bytes);
    }
}
