package dev.fanfare.load.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanfare.load.cli.PlantedDispatcher.Fault;
import dev.fanfare.load.report.ResultFile;
import dev.fanfare.load.report.Second;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Whole runs, from the command line to the exit status, against a dispatcher with a fault in it.
@Timeout(60)
class WebhookTest {
    private static final int ENDPOINTS = 3;
    private static final int EVENTS = 30;

    @TempDir
    Path dir;

    private record Outcome(int status, String table, JsonNode json, String err) {
        long figure(String name) {
            return json.get("disturbance").get(name).asLong();
        }

        List<String> failures() {
            var failures = new ArrayList<String>();
            json.get("failures").forEach(failure -> failures.add(failure.asText()));
            return failures;
        }
    }

    @Test
    void passesWhenEachDeliveryIsRight() throws Exception {
        var outcome = run(Fault.NONE);
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.json.get("total").get("deliveries").asInt()).isEqualTo(ENDPOINTS * EVENTS);
        assertThat(outcome.json.get("total").get("endpoints").asInt()).isEqualTo(ENDPOINTS);
        assertThat(outcome.figure("attempts")).isEqualTo(ENDPOINTS * EVENTS);
        assertThat(outcome.figure("retries")).isZero();
        assertThat(outcome.figure("repeated")).isZero();
        assertThat(outcome.table).contains("endpoints", "hooks", "each call signed");
    }

    @Test
    void eachEndpointHasItsChannelsAndIsDeleted() throws Exception {
        try (var dispatcher = new PlantedDispatcher(Fault.NONE)) {
            var outcome = run(
                    dispatcher,
                    "--channels=4",
                    "--channels-per-endpoint=2",
                    "--loops=2",
                    "--tenant=acme",
                    "--settings={\"concurrency\":16}");
            assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
            assertThat(outcome.json.get("total").get("deliveries").asInt()).isEqualTo(8 + 8 + 7 + 7 + 8 + 8);
            assertThat(dispatcher.endpoints()).isZero();
            assertThat(dispatcher.wanted().values()).hasSize(ENDPOINTS).allSatisfy(body -> {
                assertThat(body.get("tenant").asText()).isEqualTo("acme");
                assertThat(body.get("concurrency").asInt()).isEqualTo(16);
                assertThat(body.get("retrySchedule").get(0).asText()).isEqualTo("0s");
                assertThat(body.get("channels")).hasSize(2);
            });
        }
    }

    /// One of three endpoints fails the first two times.
    @ParameterizedTest
    @ValueSource(strings = {"503", "429", "close", "hang"})
    void oneThatFailsGetsAllInTheEnd(String answer) throws Exception {
        var outcome = run(Fault.NONE, "--fail", "share=0.34,answer=%s,times=2".formatted(answer));
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        var rows = outcome.json.get("transports");
        assertThat(rows.get("hooks").get("deliveries").asInt()).isEqualTo(2 * EVENTS);
        assertThat(rows.get(answer).get("deliveries").asInt()).isEqualTo(EVENTS);
        assertThat(rows.get(answer).get("endpoints").asInt()).isEqualTo(1);
        assertThat(outcome.figure("failuresGiven")).isEqualTo(2 * EVENTS);
        assertThat(outcome.figure("attempts")).isEqualTo(3 * EVENTS + 2 * EVENTS);
        assertThat(outcome.figure("retries") + outcome.figure("duplicates")).isEqualTo(2 * EVENTS);
        assertThat(outcome.figure("givenUp")).isEqualTo(answer.equals("hang") ? 2 * EVENTS : 0);
        assertThat(outcome.figure("repeated")).isZero();
        // the first attempt, and the one that was taken
        assertThat(outcome.json
                        .get("latenciesMs")
                        .get(answer + " first")
                        .get("max")
                        .asDouble())
                .isLessThan(rows.get(answer).get("latencyMs").get("max").asDouble());
    }

    @Test
    void sendsRetryAfter() throws Exception {
        try (var dispatcher = new PlantedDispatcher(Fault.NONE)) {
            var outcome = run(dispatcher, "--fail", "answer=429,retry-after=2s,times=1");
            assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
            assertThat(dispatcher.retryAfter()).containsExactly("2");
        }
    }

    @Test
    void oneThatIsSlowTakesItAllTheSame() throws Exception {
        var outcome = run(Fault.NONE, "--fail", "share=0.34,answer=slow,delay=200ms");
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        var slow = outcome.json.get("transports").get("slow");
        assertThat(slow.get("deliveries").asInt()).isEqualTo(EVENTS);
        assertThat(slow.get("latencyMs").get("p50").asDouble()).isGreaterThanOrEqualTo(200);
        assertThat(outcome.figure("retries")).isZero();
    }

    @Test
    void aFailureMayBeOfSomeEvents() throws Exception {
        var outcome = run(Fault.NONE, "--fail", "share=0.34,events=0.1,answer=503,times=2");
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.figure("failuresGiven")).isEqualTo(2 * EVENTS / 10);
    }

    @Test
    void oneMayFailForAPartOfTheTime() throws Exception {
        var outcome = run(Fault.NONE, "--duration=1s", "--fail", "answer=500,from=300ms,for=1s");
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.figure("failuresGiven")).isPositive();
        assertThat(outcome.figure("retries")).isEqualTo(outcome.figure("failuresGiven"));
    }

    @Test
    void failsForALostDelivery() throws Exception {
        var outcome = run(Fault.LOST, "--drain=500ms");
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.failures()).containsExactly("1 deliveries missing at the end");
    }

    @Test
    void tellsOfADeliveryBehindA2xxAndFailsForItIfAsked() throws Exception {
        var outcome = run(Fault.TWICE);
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.figure("repeated")).isEqualTo(1);
        var strict = run(Fault.TWICE, "--exactly-once");
        assertThat(strict.status).isEqualTo(1);
        assertThat(strict.failures()).containsExactly("1 calls of events that had been accepted");
    }

    /// The dispatcher may have given up before it was answered.
    @Test
    void aDeliveryBehindALate2xxIsADuplicateAndNotWrong() throws Exception {
        var outcome = run(Fault.TWICE, "--fail", "answer=slow,delay=50ms", "--exactly-once");
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.figure("duplicates")).isEqualTo(1);
        assertThat(outcome.figure("repeated")).isZero();
        assertThat(outcome.json.get("total").get("deliveries").asInt()).isEqualTo(ENDPOINTS * EVENTS);
    }

    /// The planted one waits for a second.
    @Test
    void anAnswerThatNobodyWaitsForIsNone() throws Exception {
        var outcome = run(Fault.NONE, "--fail", "events=0.1,answer=slow,delay=3s,times=1");
        assertThat(outcome.status).as(outcome.table + outcome.err).isZero();
        assertThat(outcome.figure("givenUp")).isEqualTo(ENDPOINTS * EVENTS / 10);
        assertThat(outcome.figure("retries") + outcome.figure("duplicates")).isEqualTo(ENDPOINTS * EVENTS / 10);
    }

    @ParameterizedTest
    @CsvSource({"OTHER_SECRET", "OLD", "OTHER_BODY"})
    void failsForASignatureThatIsWrong(Fault fault) throws Exception {
        var outcome = run(fault);
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.failures()).containsExactly("1 calls with a wrong signature");
        assertThat(outcome.figure("attempts")).isEqualTo(ENDPOINTS * EVENTS + 1);
    }

    @Test
    void failsForAnIdThatChanges() throws Exception {
        var outcome = run(Fault.OTHER_IDS, "--fail", "answer=500,times=2");
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.failures()).containsExactly("2 calls with another webhook-id than their event had before");
    }

    @Test
    void failsForAnEventThatWasNeverPublished() throws Exception {
        var outcome = run(Fault.UNKNOWN_EVENT);
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.failures()).containsExactly("1 events of channels that were not subscribed to");
    }

    @Test
    void hasATimeLineAndALogOfEachSecondAndTheDispatchersFigures() throws Exception {
        var file = dir.resolve("run.json");
        var log = dir.resolve("run.hlog");
        var page = dir.resolve("run.html");
        Outcome ran;
        try (var dispatcher = new PlantedDispatcher(Fault.OTHER_SECRET)) {
            ran = run(
                    dispatcher,
                    "--warm-up=500ms",
                    "--duration=1500ms",
                    "--progress=lines",
                    "--fail=share=0.34,answer=503,times=1",
                    "--out=" + file,
                    "--hlog=" + log,
                    "--html=" + page,
                    "--server-metrics=" + dispatcher.url() + "/metrics");
        }
        var outcome = ResultFile.read(file);
        var seconds = outcome.timeLine().seconds();
        assertThat(outcome.timeLine().toMicros() - outcome.timeLine().fromMicros())
                .isEqualTo(1_500_000);
        assertThat(seconds.stream().mapToLong(Second::deliveries).sum()).isEqualTo(4 * ENDPOINTS * EVENTS);
        assertThat(seconds.stream()
                        .mapToLong(second -> second.latency().unpack().getTotalCount())
                        .sum())
                .isEqualTo(4 * ENDPOINTS * EVENTS);
        assertThat(seconds.stream().mapToLong(Second::published).sum()).isEqualTo(4 * EVENTS);
        assertThat(seconds.getLast().open()).isEqualTo(ENDPOINTS);
        assertThat(seconds.getLast().errors()).isEqualTo(1);
        assertThat(outcome.rows()).hasSize(2);
        assertThat(outcome.total().receipts()).isEqualTo(3 * ENDPOINTS * EVENTS);
        Hlog.addsUpTo(outcome, log);
        assertThat(ran.json
                        .get("server")
                        .get("metrics")
                        .get("fanfare_webhook_published_total")
                        .get("to")
                        .asInt())
                .isGreaterThan(EVENTS);
        assertThat(ran.err).containsPattern("measuring [01] of 2 s: 3 open, [0-9]+ deliveries/s");
        assertThat(Files.readString(page))
                .contains("Endpoints open", "<th>endpoints</th>")
                .doesNotContain("essions");
    }

    @Test
    void isRefusedWithoutTheTokenAndDoesNotTellIt() throws Exception {
        try (var dispatcher = new PlantedDispatcher(Fault.NONE)) {
            var err = new StringWriter();
            int status = Main.run(
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(err),
                    "webhook",
                    "--api=" + dispatcher.url(),
                    "--token=a-secret",
                    "--publisher=http",
                    "--publish-url=" + dispatcher.url() + "/events");
            assertThat(status).isEqualTo(2);
            assertThat(err.toString())
                    .contains(
                            "--api " + dispatcher.url() + " does not take an endpoint: status 401: the token is wrong")
                    .doesNotContain("a-secret");
        }
    }

    @Test
    void deletesItsEndpointsWhenItIsToldToEnd() throws Exception {
        try (var dispatcher = new PlantedDispatcher(Fault.NONE)) {
            var command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName()));
            command.addAll(arguments(dispatcher, "--duration=1h"));
            var process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                await().atMost(Duration.ofSeconds(30)).until(() -> dispatcher.published() > 0);
                assertThat(dispatcher.endpoints()).isEqualTo(ENDPOINTS);
                process.destroy();
                await().atMost(Duration.ofSeconds(30)).until(() -> !process.isAlive());
                assertThat(dispatcher.endpoints()).isZero();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static Outcome run(Fault fault, String... more) throws Exception {
        try (var dispatcher = new PlantedDispatcher(fault)) {
            return run(dispatcher, more);
        }
    }

    private static Outcome run(PlantedDispatcher dispatcher, String... more) throws Exception {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(
                new PrintWriter(out),
                new PrintWriter(err),
                arguments(dispatcher, more).toArray(String[]::new));
        var text = out.toString();
        var line = text.substring(text.strip().lastIndexOf('\n') + 1);
        return new Outcome(status, text, new ObjectMapper().readTree(line), err.toString());
    }

    private static List<String> arguments(PlantedDispatcher dispatcher, String... more) {
        var arguments = new ArrayList<>(List.of("webhook", "--api=" + dispatcher.url(), "--json"));
        arguments.addAll(List.of("--token=" + PlantedDispatcher.TOKEN, "--endpoints=" + ENDPOINTS));
        arguments.addAll(List.of("--publisher=http", "--publish-url=" + dispatcher.url() + "/events"));
        arguments.addAll(List.of("--rate=" + 2 * EVENTS));
        var given = List.of(more);
        for (var usual : List.of("--warm-up=0s", "--duration=500ms", "--drain=20s")) {
            var name = usual.substring(0, usual.indexOf('=') + 1);
            if (given.stream().noneMatch(option -> option.startsWith(name))) {
                arguments.add(usual);
            }
        }
        arguments.addAll(given);
        return arguments;
    }
}
