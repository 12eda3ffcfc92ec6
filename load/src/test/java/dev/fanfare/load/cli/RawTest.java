package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class RawTest {
    @TempDir
    Path dir;

    /// 2,000 events a second on 4 channels, 50 sessions on one or two of them each, as a profile says.
    @ParameterizedTest
    @CsvSource({"1, sse=1:ws=1, 2", "32, sse=1:ws=1, 2", "32, poll, 1"})
    void deliversAllToAll(int eventsAWrite, String transports, int channels) throws Exception {
        var profile = Files.writeString(dir.resolve("raw.yaml"), """
                sessions: 50
                channels: 4
                rate: 2000
                warm-up: 100ms
                duration: 500ms
                drain: 20s
                json: true
                """);
        var out = new StringWriter();
        int status = Main.run(
                new PrintWriter(out),
                new PrintWriter(new StringWriter()),
                "raw",
                "--transports",
                transports.replace(':', ','),
                "--channels-per-session",
                Integer.toString(channels),
                "--profile",
                profile.toString(),
                "--events-a-write",
                Integer.toString(eventsAWrite));
        var text = out.toString().strip();
        assertThat(status).as(text).isZero();
        var json = new ObjectMapper().readTree(text.substring(text.lastIndexOf('\n') + 1));
        assertThat(json.get("total").get("deliveries").asInt()).isEqualTo(1000 / 4 * 50 * channels);
    }
}
