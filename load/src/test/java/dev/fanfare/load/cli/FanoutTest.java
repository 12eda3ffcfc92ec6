package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole runs, from the command line to the exit status, against a server with a fault in it.
@Timeout(60)
class FanoutTest {
    private static final int SESSIONS = 3;
    private static final int EVENTS = 30;

    private record Outcome(int status, String table, JsonNode json, String err) {
        long total(String what) {
            return json.get("total").get(what).asLong();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sse, PLAIN", "sse, FRAGMENTED", "sse, UNUSUAL",
        "ws, PLAIN", "ws, FRAGMENTED", "ws, UNUSUAL",
        "poll, PLAIN", "poll, FRAGMENTED"
    })
    void passesWhenEachDeliveryIsRight(String transport, Manner manner) throws Exception {
        var outcome = run(Fault.none(), manner, transport);
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.total("deliveries")).isEqualTo(SESSIONS * EVENTS);
        assertThat(outcome.total("sessions")).isEqualTo(SESSIONS);
        assertThat(outcome.total("unmarked")).isZero();
        assertThat(outcome.json.get("published").get("acknowledged").asLong()).isEqualTo(EVENTS);
    }

    /// 600 messages of fewer bytes each, cut at each of their bytes in turn.
    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void readsWhatComesInPiecesCutAnywhere(String transport) throws Exception {
        var outcome = run(Fault.none(), Manner.SPLIT, transport, "--rate", "600", "--duration", "1s", "--drain", "20s");
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.total("deliveries")).isEqualTo(SESSIONS * 600);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void failsForAGap(String transport) throws Exception {
        var outcome = run(Fault.gap(), Manner.PLAIN, transport);
        assertThat(outcome.status).isEqualTo(1);
        assertThat(failures(outcome)).containsExactly("1 gaps");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void failsForADuplicate(String transport) throws Exception {
        var outcome = run(Fault.duplicate(), Manner.PLAIN, transport);
        assertThat(outcome.status).isEqualTo(1);
        assertThat(failures(outcome)).containsExactly("1 duplicates");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void failsForAReordering(String transport) throws Exception {
        var outcome = run(Fault.reordering(), Manner.PLAIN, transport);
        assertThat(outcome.status).isEqualTo(1);
        assertThat(failures(outcome)).containsExactly("1 reorderings");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void failsForATailThatDoesNotCome(String transport) throws Exception {
        var outcome = run(Fault.noTail(), Manner.PLAIN, transport);
        assertThat(outcome.status).isEqualTo(1);
        assertThat(failures(outcome)).containsExactly(EVENTS - Fault.PLANTED + " deliveries missing at the end");
    }

    @Test
    void waitsForATailThatIsLate() throws Exception {
        var outcome = run(Fault.late(700), Manner.PLAIN, "sse", "--drain", "20s");
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.total("deliveries")).isEqualTo(SESSIONS * EVENTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void seesHowSlowAServerIs(String transport) throws Exception {
        var outcome = run(Fault.late(400), Manner.PLAIN, transport, "--drain", "20s");
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        var latency = outcome.json.get("transports").get(transport).get("latencyMs");
        assertThat(latency.get("p50").asDouble()).isGreaterThanOrEqualTo(399);
        assertThat(latency.get("max").asDouble()).isGreaterThanOrEqualTo(399);
        assertThat(outcome.table).contains(transport);
    }

    @ParameterizedTest
    @CsvSource({"sse, the stream ended", "ws, closed with 1012", "poll, the connection ended without an answer"})
    void failsForALostSession(String transport, String reason) throws Exception {
        var outcome = run(Fault.instead(Item.Kind.DROP), Manner.PLAIN, transport);
        assertThat(outcome.status).isEqualTo(1);
        assertThat(failures(outcome)).containsExactly("1 sessions were lost");
        assertThat(outcome.json.get("lostFor").get(reason).asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void countsGapsThatTheServerTells(String transport) throws Exception {
        var outcome = run(Fault.instead(Item.Kind.GAP), Manner.PLAIN, transport);
        assertThat(outcome.status).isEqualTo(1);
        assertThat(failures(outcome)).containsExactly("1 gaps", "1 gaps that the server has told");
    }

    @Test
    void takesSeveralChannelsAndAllTransportsAtOnce() throws Exception {
        var outcome = run(
                Fault.none(),
                Manner.PLAIN,
                "sse=1,ws=1,poll=1",
                "--sessions",
                "12",
                "--channels",
                "4",
                "--channels-per-session",
                "2",
                "--loops",
                "2");
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.total("deliveries")).isEqualTo(12 * EVENTS / 2);
        for (var transport : List.of("sse", "ws", "poll")) {
            assertThat(outcome.json
                            .get("transports")
                            .get(transport)
                            .get("sessions")
                            .asInt())
                    .isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PLAIN", "SPLIT", "FRAGMENTED"})
    void pollsWithConditionsInPlaceOfACursor(Manner manner) throws Exception {
        var outcome = run(Fault.none(), manner, "poll", "--cursor-field", "headers", "--drain", "20s");
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.total("deliveries")).isEqualTo(SESSIONS * EVENTS);
    }

    @Test
    void postsAsTheServerWantsIt() throws Exception {
        try (var server = new PlantedServer(Fault.none(), Manner.PLAIN)) {
            var outcome = run(
                    server.url(),
                    "sse",
                    "--publish-url",
                    server.url() + "?channel={key}",
                    "--publish-body",
                    "{\"key\":\"{key}\",\"content\":\"{text}\"}");
            assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
            assertThat(outcome.total("deliveries")).isEqualTo(SESSIONS * EVENTS);
            assertThat(server.last())
                    .startsWith("{\"key\":\"load.0\",\"content\":\"{\\\"ch\\\":0,")
                    .endsWith("\\\"}\"}");
        }
    }

    @Test
    void failsIfNobodyIsThere() throws Exception {
        String url;
        try (var server = new PlantedServer(Fault.none(), Manner.PLAIN)) {
            url = server.url();
        }
        var outcome = run(url, "sse");
        assertThat(outcome.status).isEqualTo(1);
        assertThat(failures(outcome)).contains("3 sessions were never open", "nothing was received");
        assertThat(outcome.json.get("lostFor").get("Connection refused").asInt())
                .isEqualTo(SESSIONS);
    }

    private static List<String> failures(Outcome outcome) {
        var failures = new ArrayList<String>();
        outcome.json.get("failures").forEach(failure -> failures.add(failure.asText()));
        return failures;
    }

    private static Outcome run(Fault fault, Manner manner, String transport, String... more) throws Exception {
        try (var server = new PlantedServer(fault, manner)) {
            return run(server.url(), transport, more);
        }
    }

    private static Outcome run(String url, String transport, String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("fanout", "--url", url, "--publisher", "http", "--json"));
        arguments.addAll(List.of("--transports", transport, "--warm-up", "0s", "--connect-timeout", "10s"));
        option(arguments, more, "--sessions", Integer.toString(SESSIONS));
        option(arguments, more, "--rate", "100");
        option(arguments, more, "--duration", EVENTS * 10 + "ms");
        option(arguments, more, "--drain", "500ms");
        arguments.addAll(List.of(more));
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
        var table = out.toString();
        var line = table.substring(table.strip().lastIndexOf('\n') + 1);
        return new Outcome(status, table, new ObjectMapper().readTree(line), err.toString());
    }

    private static void option(List<String> arguments, String[] more, String name, String value) {
        if (!List.of(more).contains(name)) {
            arguments.addAll(List.of(name, value));
        }
    }
}
