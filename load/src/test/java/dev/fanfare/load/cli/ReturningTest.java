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
import org.junit.jupiter.params.provider.ValueSource;

/// Sessions that leave and come back behind their cursors.
@Timeout(60)
class ReturningTest {
    private static final int EVENTS = 100;

    private record Outcome(int status, String text, JsonNode json) {}

    @ParameterizedTest
    @CsvSource({
        "sse, PLAIN", "sse, FRAGMENTED", "sse, UNUSUAL",
        "ws, PLAIN", "ws, FRAGMENTED", "ws, UNUSUAL",
        "poll, PLAIN", "poll, FRAGMENTED"
    })
    void aStormPassesWhenNothingIsMissingBehindTheCursors(String transport, Manner manner) throws Exception {
        var outcome = run("storm", transport, manner, 0, "--share", "0.75", "--away", "200ms", "--catch-up", "20s");
        assertThat(outcome.status).as(outcome.text).isZero();
        var transports = outcome.json.get("transports");
        assertThat(transports.get(transport).get("deliveries").asInt()).isEqualTo(EVENTS);
        assertThat(transports.get(transport + " back").get("deliveries").asInt())
                .isEqualTo(3 * EVENTS);
        var storm = outcome.json.get("disturbance");
        assertThat(storm.get("left").asInt()).isEqualTo(3);
        assertThat(storm.get("deliveriesBehind").asInt()).isPositive();
        assertThat(storm.get("caughtUp").asBoolean()).isTrue();
    }

    /// A server that becomes slow before some come back.
    @Test
    void aStormTellsWhatTheOthersNotice() throws Exception {
        var server = new PlantedServer(Fault.late(160, 150), Manner.PLAIN); // they leave at 150, and are back at 190
        var outcome =
                run(server, "storm", "sse", "--share", "0.75", "--away", "200ms", "--rate", "200", "--duration", "3s");
        assertThat(outcome.status).as(outcome.text).isZero();
        var latencies = outcome.json.get("latenciesMs");
        assertThat(latencies.get("meanwhile").get("p50").asDouble()).isGreaterThanOrEqualTo(150);
        assertThat(outcome.text).containsPattern("\nmeanwhile +- +[1-9]");
        assertThat(latencies.get("before").get("p50").asDouble()).isLessThan(150);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws"})
    void aStormFailsWhenAServerResumesTooFarOn(String transport) throws Exception {
        var outcome = run("storm", transport, Manner.PLAIN, 1, "--share", "0.75", "--away", "200ms");
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.json.get("failures").get(0).asText()).isEqualTo("3 gaps");
        assertThat(outcome.json.get("transports").get(transport).get("gaps").asInt())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws"})
    void aStormFailsWhenAServerRepeatsAnEvent(String transport) throws Exception {
        var outcome = run("storm", transport, Manner.PLAIN, -1, "--share", "0.75", "--away", "200ms");
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.json.get("failures").get(0).asText()).isEqualTo("3 duplicates");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void churnPassesWhenNothingIsMissingBehindTheCursors(String transport) throws Exception {
        var outcome = run("churn", transport, Manner.PLAIN, 0, "--share", "0.5", "--churn-rate", "20");
        assertThat(outcome.status).as(outcome.text).isZero();
        assertThat(outcome.json.get("total").get("deliveries").asInt()).isEqualTo(4 * EVENTS);
        assertThat(outcome.json.get("disturbance").get("left").asInt()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void aReplayHasAllThatWasPublishedMeanwhile(String transport) throws Exception {
        var outcome = run("replay", transport, Manner.PLAIN, 0);
        assertThat(outcome.status).as(outcome.text).isZero();
        assertThat(outcome.json.get("total").get("deliveries").asInt()).isEqualTo(4 * EVENTS);
        var replay = outcome.json.get("disturbance");
        assertThat(replay.get("left").asInt()).isEqualTo(4);
        assertThat(replay.get("caughtUp").asBoolean()).isTrue();
    }

    /// One of four reads nothing for a second, or so little that it falls behind.
    @ParameterizedTest
    @CsvSource({"sse, 0", "ws, 0", "poll, 0", "sse, 2000", "ws, 2000", "poll, 2000"})
    void whoReadsSlowlyHasAllInTheEnd(String transport, String rate) throws Exception {
        var outcome = run("slow", transport, Manner.PLAIN, 0, "--share", "0.25", "--read-rate", rate);
        assertThat(outcome.status).as(outcome.text).isZero();
        assertThat(outcome.json.get("total").get("deliveries").asInt()).isEqualTo(4 * EVENTS);
        assertThat(outcome.json.get("disturbance").get("deliveriesBehind").asInt())
                .isGreaterThan(EVENTS / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse", "ws", "poll"})
    void aSlowOneThatTheServerEndsComesBack(String transport) throws Exception {
        var server = new PlantedServer(Fault.drop(), Manner.PLAIN);
        var outcome = run(server, "slow", transport, "--share", "1", "--read-rate", "100000");
        assertThat(outcome.status).as(outcome.text).isZero();
        assertThat(outcome.json.get("total").get("deliveries").asInt()).isEqualTo(4 * EVENTS);
    }

    private static Outcome run(String scenario, String transport, Manner manner, int slip, String... more)
            throws Exception {
        return run(new PlantedServer(Fault.none(), manner, slip), scenario, transport, more);
    }

    private static Outcome run(PlantedServer planted, String scenario, String transport, String... more)
            throws Exception {
        try (var server = planted) {
            var arguments = new ArrayList<>(List.of(scenario, "--url", server.url(), "--publisher", "http", "--json"));
            arguments.addAll(List.of("--transports", transport, "--warm-up", "0s", "--connect-timeout", "10s"));
            arguments.addAll(List.of("--sessions", "4", "--drain", "10s"));
            if (!List.of(more).contains("--rate")) {
                arguments.addAll(
                        scenario.equals("slow") // half of the events have to be there before the end
                                ? List.of("--rate", "100", "--duration", "1s")
                                : List.of("--rate", "200", "--duration", "500ms"));
            }
            arguments.addAll(List.of(more));
            var out = new StringWriter();
            int status = Main.run(
                    new PrintWriter(out), new PrintWriter(new StringWriter()), arguments.toArray(String[]::new));
            var text = out.toString();
            var line = text.substring(text.strip().lastIndexOf('\n') + 1);
            return new Outcome(status, text, new ObjectMapper().readTree(line));
        }
    }
}
