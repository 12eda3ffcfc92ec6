package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/// Runs of two seconds against a server that says that its memory grows.
@Timeout(60)
@Isolated("a look each 20 ms, two of which have to be in each of its windows")
class SoakTest {
    private record Outcome(int status, String text, JsonNode json, String err) {
        String failures() {
            return json.get("failures").toString();
        }
    }

    @Test
    void passesIfNothingGrowsButGarbage() throws Exception {
        var outcome = run(look -> metrics(100_000_000 + look % 2 * 200_000_000L, 4));
        assertThat(outcome.status).as(outcome.text + outcome.err).isZero();
        assertThat(outcome.json.get("disturbance").get("heap").asText()).startsWith("100.0 to 100.0 MB");
        assertThat(outcome.json.get("disturbance").get("sessions").asText()).startsWith("7.0 to 7.0");
        assertThat(outcome.json.get("disturbance").get("left").asInt()).isPositive();
    }

    @Test
    void passesIfItGrewAtTheBeginningOnly() throws Exception {
        var outcome = run(look -> metrics(Math.min(look, 8) * 50_000_000L, 4));
        assertThat(outcome.status).as(outcome.text + outcome.err).isZero();
    }

    @Test
    void failsIfTheHeapGrows() throws Exception {
        var outcome = run(look -> metrics(look * 10_000_000L, 4));
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.failures()).contains("heap grew by ", " MB an hour, and 50.0 are allowed");
        assertThat(outcome.json.get("failures")).hasSize(1);
    }

    @Test
    void aSlowGrowthIsAllowed() throws Exception {
        var outcome = run(look -> metrics(look * 10_000_000L, 4), "--growth-max", "1e9");
        assertThat(outcome.status).as(outcome.text + outcome.err).isZero();
        outcome = run(look -> metrics(look * 10_000_000L, 4), "--growth-noise", "1e9");
        assertThat(outcome.status).as(outcome.text + outcome.err).isZero();
    }

    @Test
    void failsIfSessionsPileUp() throws Exception {
        var outcome = run(look -> metrics(100_000_000, look));
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.failures()).contains("sessions grew by ");
    }

    @Test
    void failsIfThereIsNoSuchMetric() throws Exception {
        var outcome = run(look -> "memory_usedHeap_bytes_total 1\n");
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.failures())
                .contains("no 'memory_usedHeap_bytes' could be read from http:")
                .contains("no 'fanfare_sessions' could be read from http:");
    }

    /// That of this test, which takes 5 MB at each look.
    @Test
    void failsIfTheProcessGrows() throws Exception {
        var taken = new ArrayList<ByteBuffer>();
        var outcome = run(
                look -> {
                    taken.add(ByteBuffer.allocateDirect(5_000_000));
                    return metrics(100_000_000, 4);
                },
                "--server-pid",
                Long.toString(ProcessHandle.current().pid()));
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.failures()).contains("rss grew by ");
        assertThat(taken).isNotEmpty();
    }

    @Test
    void saysHowItStands() throws Exception {
        var outcome = run(look -> metrics(100_000_000, 4), "--interim", "1s");
        assertThat(outcome.err)
                .containsPattern("00:00:01  \\d+ deliveries, \\d+ a second, \\d+ behind, heap 100\\.0 MB, 7 sessions");
    }

    private static String metrics(long heap, int open) {
        return """
                # TYPE memory_usedHeap_bytes gauge
                memory_usedHeap_bytes{scope="base"} %d.0
                memory_usedHeap_bytes_max 7
                fanfare_sessions{scope="application",transport="sse"} %d
                fanfare_sessions{scope="application",transport="ws, {1} "} 3.0 1700000000
                fanfare_sessions_ended_total 9
                """.formatted(heap, open);
    }

    /// @param metrics by how often they have been looked at before
    private static Outcome run(IntFunction<String> metrics, String... more) throws Exception {
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var looks = new int[1]; // one after the other
        http.createContext("/metrics", exchange -> {
            try (exchange) {
                var text = metrics.apply(looks[0]++).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, text.length);
                exchange.getResponseBody().write(text);
            }
        });
        http.start();
        try (var server = new PlantedServer(Fault.none(), Manner.PLAIN)) {
            var url = "http://127.0.0.1:" + http.getAddress().getPort() + "/metrics";
            var arguments = new ArrayList<>(List.of("soak", "--url", server.url(), "--publisher", "http", "--json"));
            arguments.addAll(
                    List.of("--sessions", "4", "--share", "0.5", "--churn-rate", "5", "--server-metrics", url));
            arguments.addAll(List.of("--rate", "50", "--warm-up", "0s", "--duration", "2s", "--drain", "10s"));
            arguments.addAll(List.of(more));
            var out = new StringWriter();
            var err = new StringWriter();
            int status = Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
            var text = out.toString();
            var line = text.substring(text.strip().lastIndexOf('\n') + 1);
            return new Outcome(status, text, new ObjectMapper().readTree(line), err.toString());
        } finally {
            http.stop(0);
        }
    }
}
