package dev.fanfare.gateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.protocol.EventNaming;
import dev.fanfare.gateway.protocol.Format;
import dev.fanfare.gateway.protocol.GapReason;
import dev.fanfare.gateway.protocol.Notice;
import dev.fanfare.gateway.protocol.SseForm;
import dev.fanfare.gateway.testing.DocExamples;
import dev.fanfare.gateway.testing.Gateways;
import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/// Holds `docs/protocol.md` to what the gateway does: replays its examples, and compares its tables.
@Timeout(60)
class ProtocolDocTest {
    private static final Path DOC = Path.of("..", "docs", "protocol.md");

    private static Gateways.Running gateway;

    @BeforeAll
    static void start() {
        var broker = LocalBroker.get();
        broker.create("orders", 1);
        broker.create("events", 1);
        var gateways = new Gateways().route("orders", "orders.{key}").route("events", "{key}");
        gateways.publish =
                new Publish(true, "events", 1 << 20, 500, Duration.ofSeconds(5), Duration.ofMinutes(5), 1000);
        gateway = gateways.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static String doc() throws IOException {
        return Files.readString(DOC);
    }

    @TestFactory
    Stream<DynamicTest> replaysItsExamples() throws IOException {
        return DocExamples.sections(doc())
                .map(section ->
                        DynamicTest.dynamicTest(section.heading(), () -> section.replay(gateway, LocalBroker.get())));
    }

    @Test
    void showsAGapAsItIs() throws IOException {
        var gap = new Notice.Gap("orders", 0, 120, 300, GapReason.RETENTION, false);
        var bytes = SseForm.of(Format.DATA, EventNaming.NONE).notice(gap, "<cursor>".getBytes(US_ASCII));
        assertThat(doc()).contains("```sse\n" + new String(bytes, UTF_8) + "```\n");
    }

    @Test
    void listsEveryErrorCodeWithItsStatus() throws IOException {
        var expected = new TreeMap<String, String>();
        for (var code : ErrorCode.values()) {
            expected.put(code.code(), Integer.toString(code.status()));
        }
        assertThat(rows("\\| `([a-z-]+)` \\| (\\d{3}) \\| .+")).isEqualTo(expected);
    }

    @Test
    void listsEveryGapReason() throws IOException {
        var section = doc().substring(doc().indexOf("### Gaps"), doc().indexOf("## Publishing"));
        var listed = Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
                .matcher(section)
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(GapReason.values()).map(GapReason::code).toList());
    }

    @Test
    void listsEveryParameter() throws IOException {
        var section = doc().substring(doc().indexOf("## Parameters"), doc().indexOf("## Where to start"));
        var listed = section.lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf(" | ")))
                .flatMap(cell -> Pattern.compile("`([^`]+)`").matcher(cell).results())
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        assertThat(listed).isEqualTo(StreamRequest.PARAMETERS);
    }

    private static Map<String, String> rows(String pattern) throws IOException {
        var rows = new TreeMap<String, String>();
        for (var line : List.of(doc().split("\n", -1))) {
            var row = Pattern.compile(pattern).matcher(line);
            if (row.matches()) {
                rows.put(row.group(1), row.group(2));
            }
        }
        return rows;
    }
}
