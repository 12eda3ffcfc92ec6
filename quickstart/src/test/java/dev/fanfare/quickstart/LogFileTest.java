package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    Path dir;

    @Test
    void keepsTheEndOfWhatWasPrintedWithinItsBounds() throws Exception {
        var log = new LogFile(dir.resolve("logs/child.log"));
        log.copy(new ByteArrayInputStream(new byte[9 * MEBIBYTE]));
        log.copy(new ByteArrayInputStream("the end".getBytes(StandardCharsets.UTF_8)));

        assertThat(Files.readString(log.file())).endsWith("the end");
        assertThat(Files.size(log.file())).isBetween(1L, 4L * MEBIBYTE);
        try (var files = Files.list(dir.resolve("logs"))) {
            assertThat(files.mapToLong(file -> file.toFile().length()).sum()).isBetween(4L * MEBIBYTE, 8L * MEBIBYTE);
        }
    }

    @Test
    void beginsAnewAndKeepsThePrevious() throws Exception {
        new LogFile(dir.resolve("child.log")).copy(new ByteArrayInputStream(new byte[] {'1'}));
        new LogFile(dir.resolve("child.log")).copy(new ByteArrayInputStream(new byte[] {'2'}));

        assertThat(dir.resolve("child.log")).hasContent("2");
        assertThat(dir.resolve("child.log.1")).hasContent("1");
    }
}
