package dev.fanfare.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanfare.quickstart.broker.LocalBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each sample of a receiver, with the official library of its language, against what the dispatcher's own code signs.
@Timeout(300)
class ReceiversTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final byte[] BODY = "{\"total\":12}".getBytes(UTF_8);
    private static final SigningSecret SECRET = new SigningSecret();
    private static final SigningSecret OTHER = new SigningSecret();
    private static final List<Receiver.Kind> KINDS = new ArrayList<>();

    @TempDir
    static Path programs;

    @TempDir
    Path dir;

    static List<Receiver.Kind> kinds() {
        return KINDS;
    }

    @BeforeAll
    static void install() throws Exception {
        KINDS.clear();
        var folder = Repository.SAMPLES.resolve("webhooks");
        KINDS.add(node(folder.resolve("node")));
        KINDS.add(python(folder.resolve("python")));
        KINDS.add(go(folder.resolve("go")));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var jars = Repository.SAMPLES.resolve("target/fanfare-client-samples.jar") + ":"
                + Repository.SAMPLES.resolve("target/lib/*");
        KINDS.add(Receiver.Kind.of(
                "java", java, "-XX:TieredStopAtLevel=1", "-cp", jars, "dev.fanfare.samples.WebhookReceiver"));
    }

    private static Receiver.Kind node(Path source) throws Exception {
        Repository.program("node", "nodejs");
        var npm = Repository.program("npm", "npm").toString();
        for (var file : List.of("package.json", "receiver.js")) {
            Files.copy(source.resolve(file), programs.resolve(file));
        }
        run("npm's registry", programs, npm, "install", "--no-audit", "--no-fund", "--prefer-offline");
        return Receiver.Kind.of("node", "node", programs.resolve("receiver.js").toString());
    }

    private static Receiver.Kind python(Path source) throws Exception {
        Repository.program("python3", "python3");
        var library = programs.resolve("python").toString();
        var list = source.resolve("requirements.txt").toString();
        run(
                "pip, of the package python3-pip, and PyPI",
                programs,
                "python3",
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--root-user-action=ignore",
                "--target",
                library,
                "-r",
                list);
        var command = List.of("python3", "-B", source.resolve("receiver.py").toString());
        return new Receiver.Kind("python", command, Map.of("PYTHONPATH", library));
    }

    private static Receiver.Kind go(Path source) throws Exception {
        var go = Repository.program("go", "golang-go").toString();
        var program = programs.resolve("receiver").toString();
        run("proxy.golang.org", source, go, "mod", "download");
        try (var compiler = Program.start(source, Map.of(), List.of(go, "build", "-o", program, "."))) {
            assertThat(compiler.exit(120)).as(compiler::toString).isZero();
        }
        return Receiver.Kind.of("go", program);
    }

    private static void run(String need, Path dir, String... command) throws Exception {
        try (var installation = Program.start(dir, Map.of(), List.of(command))) {
            if (installation.exit(120) != 0) {
                Repository.missing("needs " + need + ": " + installation);
            }
        }
    }

    private static int post(Receiver receiver, String id, byte[] body) throws Exception {
        return receiver.post(body, SECRET.sign(id, Instant.now(), body));
    }

    private static void awaitHandled(Receiver receiver, String... ids) {
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(receiver.handled()).as(receiver::toString).contains(ids));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void handlesWhatIsGenuineOnce(Receiver.Kind kind) throws Exception {
        try (var receiver = kind.start(dir, SECRET.text(), 0)) {
            assertThat(post(receiver, "one", BODY)).isEqualTo(204);
            assertThat(post(receiver, "one", BODY)).isEqualTo(204);
            awaitHandled(receiver, "one");
            assertThat(post(receiver, "one", BODY)).isEqualTo(204);
            assertThat(post(receiver, "text", "{\"a\":\"Zürich \u20ac \ud83d\ude00\"}".getBytes(UTF_8)))
                    .isEqualTo(204);
            assertThat(post(receiver, "not-json", "line\r".getBytes(UTF_8))).isEqualTo(204);
            assertThat(post(receiver, "empty", new byte[0])).isEqualTo(204);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Callable<Integer> call = () -> post(receiver, "at-once", BODY);
                for (var answer : threads.invokeAll(
                        IntStream.range(0, 8).mapToObj(_ -> call).toList())) {
                    assertThat(answer.get()).isEqualTo(204);
                }
            }
            var rotated = SECRET.sign("current", Instant.now(), BODY, OTHER);
            assertThat(receiver.post(BODY, rotated)).isEqualTo(204);
            var old = OTHER.sign("old", Instant.now(), BODY, SECRET);
            assertThat(receiver.post(BODY, old)).isEqualTo(204);
            assertThat(post(receiver, "last", BODY)).isEqualTo(204);
            awaitHandled(receiver, "last");
            assertThat(receiver.handled())
                    .as(receiver::toString)
                    .containsExactly("one", "text", "not-json", "empty", "at-once", "current", "old", "last");
            assertThat(receiver.output()).contains("handled one, 12 bytes: {\"total\":12}", "handled empty, 0 bytes: ");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void refusesWhatIsNot(Receiver.Kind kind) throws Exception {
        var now = Instant.now();
        var good = SECRET.sign("forged", now, BODY);
        try (var receiver = kind.start(dir, SECRET.text(), 0)) {
            var changed = "{\"total\":13}".getBytes(UTF_8);
            assertThat(receiver.post(changed, good)).isEqualTo(400);
            assertThat(receiver.post(BODY, OTHER.sign("forged", now, BODY))).isEqualTo(400);
            var minutes = Duration.ofMinutes(6);
            assertThat(receiver.post(BODY, SECRET.sign("forged", now.minus(minutes), BODY)))
                    .isEqualTo(400);
            assertThat(receiver.post(BODY, SECRET.sign("forged", now.plus(minutes), BODY)))
                    .isEqualTo(400);
            assertThat(receiver.post(BODY, Map.of())).isEqualTo(400);
            for (var signature : List.of("v1", "v1,", "v1,???", "v2,AAAA", "x,y,z")) {
                var wrong = new HashMap<>(good);
                wrong.put("webhook-signature", signature);
                assertThat(receiver.post(BODY, wrong)).as(signature).isEqualTo(400);
            }
            byte[] noText = {(byte) 0xff, (byte) 0xfe};
            assertThat(receiver.post(noText, good)).isEqualTo(400);
            assertThat(post(receiver, "good", BODY)).isEqualTo(204);
            awaitHandled(receiver, "good");
            assertThat(receiver.handled()).as(receiver::toString).containsExactly("good");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void refusesWhatIsTooLarge(Receiver.Kind kind) throws Exception {
        try (var receiver = kind.start(dir, SECRET.text(), 0)) {
            for (int size : List.of(256 << 10, 512 << 10)) {
                assertThat(post(receiver, "size-" + size, body(size))).isEqualTo(204);
                assertThat(post(receiver, "size-" + size, body(size))).isEqualTo(204);
            }
            assertThat(post(receiver, "too-large", body((512 << 10) + 1))).isEqualTo(413);
            assertThat(post(receiver, "too-large", body(2 << 20))).isEqualTo(413);
            assertThat(post(receiver, "good", BODY)).isEqualTo(204);
            awaitHandled(receiver, "good");
            assertThat(receiver.handled())
                    .as(receiver::toString)
                    .containsExactly("size-" + (256 << 10), "size-" + (512 << 10), "good");
        }
    }

    private static byte[] body(int size) {
        var body = new byte[size];
        Arrays.fill(body, (byte) 'x');
        return body;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void losesNothingThatItHasAnswered(Receiver.Kind kind) throws Exception {
        var ids = Stream.of("a", "b", "c", "d").toList();
        try (var killed = kind.start(dir, SECRET.text(), 600_000)) {
            for (var id : ids) {
                assertThat(post(killed, id, BODY)).isEqualTo(204); // the work has not been done yet
            }
            assertThat(killed.handled()).isEmpty();
            killed.kill();
        }
        var handled = new ArrayList<String>();
        try (var stopped = kind.start(dir, SECRET.text(), 400)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(stopped.handled()).as(stopped::toString).isNotEmpty());
            stopped.terminate();
            handled.addAll(stopped.handled());
        }
        try (var last = kind.start(dir, SECRET.text(), 0)) {
            for (var id : ids) {
                assertThat(post(last, id, BODY)).isEqualTo(204);
            }
            assertThat(post(last, "last", BODY)).isEqualTo(204);
            awaitHandled(last, "last");
            handled.addAll(last.handled());
        }
        assertThat(handled).containsExactlyInAnyOrder("a", "b", "c", "d", "last");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void sendsAwayWhatItHasNoRoomForAndTakesItLater(Receiver.Kind kind) throws Exception {
        try (var receiver = kind.start(dir, SECRET.text(), 500, 2)) {
            var accepted = new ArrayList<String>();
            var id = "0";
            var answer = receiver.answer(BODY, SECRET.sign(id, Instant.now(), BODY));
            while (answer.statusCode() == 204 && accepted.size() < 50) {
                accepted.add(id);
                id = Integer.toString(accepted.size());
                answer = receiver.answer(BODY, SECRET.sign(id, Instant.now(), BODY));
            }
            assertThat(answer.statusCode()).as(receiver::toString).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("60");
            assertThat(accepted).hasSizeGreaterThanOrEqualTo(2);
            var refused = id;
            await().atMost(PATIENCE).until(() -> post(receiver, refused, BODY) == 204);
            accepted.add(refused);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(receiver.handled())
                            .as(receiver::toString)
                            .isEqualTo(accepted));
        }
    }

    @Test
    void takeWhatListenPosts() throws Exception {
        var topic = LocalBroker.get().newTopic("receivers", 1);
        var numbers = new Numbers(topic, "a");
        numbers.publish(20);
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var jar = Repository.ROOT.resolve("webhook-dispatcher/target/fanfare-webhook-dispatcher.jar");
        assertThat(jar).as("packaged by mvn verify, or ./fanfare up").exists();
        var started = new ArrayList<AutoCloseable>();
        try (var gateway = TestGateway.start(dir, topic, "")) {
            var receivers = new ArrayList<Receiver>();
            for (var kind : KINDS) {
                var receiver = kind.start(dir, SECRET.text(), 0);
                started.add(receiver);
                receivers.add(receiver);
                started.add(Program.start(
                        dir,
                        Map.of("FANFARE_LISTEN_SECRET", SECRET.text()),
                        List.of(
                                java,
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                jar.toString(),
                                "dev.fanfare.webhook.listen.Listen",
                                "--gateway=" + gateway.url(),
                                "--channel=" + numbers.channel(),
                                "--since=10m",
                                "--forward-to=" + receiver.url())));
            }
            numbers.publish(20);
            var bodies = numbers.all().stream().map("{\"n\":%d}"::formatted).toList();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(receivers)
                            .allSatisfy(receiver -> assertThat(receiver.output())
                                    .as(receiver::toString)
                                    .extracting(line -> line.replaceFirst("handled .* bytes: ", ""))
                                    .isEqualTo(bodies)));
        } finally {
            for (var each : started) {
                each.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void doesNotStartWithoutASecret(Receiver.Kind kind) throws Exception {
        try (var program = kind.launch(dir, Map.of("WEBHOOK_SECRET", ""))) {
            assertThat(program.exit(60)).as(program::toString).isPositive();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(program.toString()).contains("WEBHOOK_SECRET is not set"));
        }
    }
}
