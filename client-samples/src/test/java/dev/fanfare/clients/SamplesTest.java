package dev.fanfare.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Each sample as its users start it, with URL and channel: it prints each event in a line, goes on after the gateway
/// was stopped or killed between two events, and prints a line for a gap. All run side by side.
@Timeout(400)
class SamplesTest {
    private static final Pattern EVENT = Pattern.compile(".*\\{\"n\":(\\d+)}.*");

    @TempDir
    static Path dir;

    private static String topic;
    private static TestGateway gateway;

    private record Sample(String name, Program program) {
        List<Integer> numbers() {
            return program.output().stream()
                    .map(EVENT::matcher)
                    .filter(matcher -> matcher.matches())
                    .map(matcher -> Integer.valueOf(matcher.group(1)))
                    .toList();
        }

        long gaps() {
            return program.output().stream()
                    .filter(line -> line.startsWith("gap: retention"))
                    .count();
        }

        @Override
        public String toString() {
            return name + ": " + program;
        }
    }

    @BeforeAll
    static void start() throws IOException {
        Repository.program("curl", "curl");
        Repository.program("python3", "python3");
        topic = LocalBroker.get().newTopic("samples", 1);
        gateway = TestGateway.start(dir, topic, "");
    }

    @AfterAll
    static void stop() {
        if (gateway != null) {
            gateway.close();
        }
    }

    private static List<Sample> startAll(String channel) throws Exception {
        var samples = new ArrayList<Sample>();
        var node = NodePackage.dir();
        for (var transport : List.of("ws", "sse", "poll")) {
            var command = "exec node subscribe.mjs \"$@\" " + transport;
            samples.add(start("node " + transport, channel, node, "sh", "-c", command, "sh"));
        }
        var state = dir.resolve("cursor").toString();
        var shell = "exec sh curl/subscribe.sh \"$@\" " + state;
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        samples.add(start("curl", channel, Repository.SAMPLES, "sh", "-c", shell, "sh"));
        samples.add(start("python", channel, Repository.SAMPLES, "python3", "-B", "python/subscribe.py"));
        var javaFile = "src/main/java/dev/fanfare/samples/HttpClientSample.java";
        samples.add(start("java", channel, Repository.SAMPLES, java, "-XX:TieredStopAtLevel=1", javaFile));
        var jars = Path.of("target", "fanfare-client-samples.jar") + ":" + Path.of("target", "lib", "*");
        for (var sample : List.of("OkHttpSample", "TyrusSample", "LongPollSample")) {
            var name = "dev.fanfare.samples." + sample;
            samples.add(start(sample, channel, Repository.SAMPLES, java, "-XX:TieredStopAtLevel=1", "-cp", jars, name));
        }
        samples.add(start("go", channel, Repository.SAMPLES.resolve("go"), goProgram()));
        return samples;
    }

    private static String goProgram() throws Exception {
        var go = Repository.program("go", "golang-go").toString();
        var program = dir.resolve("subscribe").toString();
        var build = List.of(go, "build", "-o", program, ".");
        try (var compiler = Program.start(Repository.SAMPLES.resolve("go"), Map.of(), build)) {
            assertThat(compiler.exit(120)).as(compiler::toString).isZero();
        }
        return program;
    }

    private static Sample start(String name, String channel, Path dir, String... command) {
        var all = Stream.concat(Stream.of(command), Stream.of(gateway.url(), channel))
                .toList();
        try {
            return new Sample(name, Program.start(dir, Map.of(), all));
        } catch (IOException failure) {
            throw new AssertionError(name, failure);
        }
    }

    private static void awaitAll(List<Sample> samples, List<Integer> numbers) {
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(samples)
                        .allSatisfy(sample -> assertThat(sample.numbers())
                                .as(sample::toString)
                                .hasToString(numbers.toString())));
    }

    private static void publishFirst(List<Sample> samples, Numbers numbers) {
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(samples)
                        .allSatisfy(sample -> assertThat(sample.program().errors())
                                .as(sample::toString)
                                .anyMatch(line -> line.startsWith("live"))));
        numbers.publish(20);
        awaitAll(samples, numbers.all());
    }

    @Test
    void endWhenTheGatewayRefusesThemForGood() throws Exception {
        var samples = startAll("not a channel");
        try {
            for (var sample : samples) {
                assertThat(sample.program().exit(60)).as(sample::toString).isPositive();
                assertThat(sample.toString()).containsAnyOf("invalid-channel", " 400");
            }
        } finally {
            samples.forEach(sample -> sample.program().close());
        }
    }

    @Test
    void goOnWhereTheyWereAndTellAGap() throws Exception {
        var numbers = new Numbers(topic, "a");
        var samples = startAll(numbers.channel());
        try {
            publishFirst(samples, numbers);
            gateway.stop();
            numbers.publish(20);
            gateway.startAgain();
            numbers.publish(20);
            awaitAll(samples, numbers.all());
            gateway.kill();
            numbers.publish(20);
            gateway.startAgain();
            numbers.publish(20);
            awaitAll(samples, numbers.all());

            // what comes while the gateway is away is partly deleted before it is back
            gateway.kill();
            var before = numbers.all();
            numbers.publish(20);
            long lost = LocalBroker.get()
                    .send(topic, 0, "beside", "x".getBytes(UTF_8))
                    .offset();
            LocalBroker.get().truncate(topic, 0, lost);
            gateway.startAgain();
            int first = numbers.all().size() + 1;
            numbers.publish(20);
            awaitAll(
                    samples,
                    Stream.concat(before.stream(), numbers.all().stream().filter(number -> number >= first))
                            .toList());
            assertThat(samples)
                    .allSatisfy(sample ->
                            assertThat(sample.gaps()).as(sample::toString).isEqualTo(1));
        } finally {
            samples.forEach(sample -> sample.program().close());
        }
    }
}
