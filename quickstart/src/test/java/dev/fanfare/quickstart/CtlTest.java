package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `fanfare ctl` against what `fanfare up` starts: real gateway, real dispatcher.
@Timeout(120)
class CtlTest {
    private static final Path JAR = Repository.ROOT.resolve("load/target/fanfare-load.jar");

    private static final String MAIN = "dev.fanfare.load.ctl.Ctl";

    @TempDir
    Path dir;

    private final List<String> options = new ArrayList<>();

    /// What a command has said, on both outputs.
    private record Said(int status, String text) {}

    @Test
    void asksAndDrains() throws Exception {
        KafkaLog.limit(Level.SEVERE);
        assertThat(JAR).as("packaged by mvn verify, or ./fanfare up").exists();
        int port = RunningUp.freePort();
        int console = RunningUp.freePort();
        int webhooks = RunningUp.freePort();
        var state = dir.resolve("state");
        try (var _ = RunningUp.start(
                                state,
                                Apps.packaged(),
                                "--port=" + port,
                                "--kafka-port=" + RunningUp.freePort(),
                                "--webhooks-port=" + webhooks,
                                "--receiver-port=" + RunningUp.freePort(),
                                "--console-port=" + console)
                        .awaitReady();
                var http = HttpClient.newHttpClient();
                var stream = stream(http, port)) {
            var token = Files.readString(state.resolve("console.token")).strip();
            options.addAll(List.of(
                    "--url=http://127.0.0.1:" + console,
                    "--token-file=" + state.resolve("console.token"),
                    "--webhooks-url=http://127.0.0.1:" + webhooks,
                    "--webhooks-token-file=" + state.resolve("webhooks.token")));

            assertThat(ctl("sessions", "list", "--channel=orders.1").text())
                    .contains("sse", "live", "127.0.0.1", "1 of 1");
            var id = onlySession();
            assertThat(ctl("sessions", "show", id).text())
                    .contains("channel          orders.**", "policy           resume");
            assertThat(ctl("channels", "top").text()).contains("orders.**", "eventsPerSecond");
            assertThat(ctl("channels", "show", "orders.**").text()).contains("subscribers      1");
            assertThat(process("node", "show").text()).contains("ready            true");
            assertThat(ctl("node", "list").text())
                    .contains("sessions.sse  sessions.poll", "true  true   0", "\nonly this node is shown");
            assertThat(ctl("node", "config").text())
                    .contains("write-stall      5s", "token            ***")
                    .doesNotContain(token);
            assertThat(ctl("webhooks", "endpoints").text()).contains("http://127.0.0.1:", "true");
            await().until(
                            () -> ctl("webhooks", "deliveries", "--state=delivered", "--limit=1")
                                    .text(),
                            text -> text.contains("delivered"));

            assertThat(ctl("sessions", "record", id).text()).contains("true");
            assertThat(ctl("node", "record", "100").text()).contains("100");
            assertThat(ctl("sessions", "why", id, "nothing").text()).contains("not recorded");

            assertThat(ctl("sessions", "show", "none"))
                    .isEqualTo(new Said(
                            1,
                            "fanfare ctl: 404 no-session: this node has no such session: it may have "
                                    + "ended, or be another node's; list them anew\n"));
            options.set(1, "--token-file=" + state.resolve("webhooks.token"));
            assertThat(ctl("node", "show"))
                    .matches(said -> said.status() == 1 && said.text().startsWith("fanfare ctl: 401 invalid-token"));
            options.set(1, "--token-file=" + state.resolve("console.token"));
            assertThat(ctl("node", "shwo").status()).isEqualTo(2);

            assertThat(ctl("sessions", "move", id).text()).contains("ending");
            assertThat(rest(stream)).contains("retry:").doesNotContain("disconnected");
            try (var second = stream(http, port)) {
                assertThat(ctl("sessions", "disconnect", onlySession()).text()).contains("ending");
                assertThat(rest(second)).contains("disconnected");
            }
            try (var third = stream(http, port)) {
                assertThat(onlySession()).isNotEmpty();
                assertThat(ctl("node", "drain", "--notice=0", "--over=0", "--wait")
                                .text())
                        .contains("done: 0 of 1 sessions left");
                assertThat(rest(third)).contains("retry:");
            }
            assertThat(ctl("node", "drain-cancel").text()).isEqualTo("cancelled: 0 of 1 sessions left\n");
        }
    }

    private static String rest(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    /// Its id, once there is one session and no other.
    private String onlySession() {
        return await().until(
                        () -> ctl("sessions", "list", "--json").text(),
                        text -> text.contains("\"total\":1,") && !text.contains("ending"))
                .replaceAll("(?s).*\"id\":\"([^\"]+)\".*", "$1");
    }

    private static InputStream stream(HttpClient http, int port) throws Exception {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/v1/events?channel=orders.**".formatted(port)))
                .header("Accept", "text/event-stream")
                .build();
        return http.send(request, BodyHandlers.ofInputStream()).body();
    }

    /// In this JVM, out of the jar, as a JVM for each takes longer than all the rest.
    private Said ctl(String... arguments) throws Exception {
        var all = new ArrayList<>(List.of(arguments));
        all.addAll(options);
        var text = new StringWriter();
        var out = new PrintWriter(text, true);
        try (var classes = new URLClassLoader(new URL[] {JAR.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
            var status = classes.loadClass(MAIN)
                    .getMethod("run", PrintWriter.class, PrintWriter.class, Map.class, String[].class)
                    .invoke(null, out, out, Map.of(), all.toArray(String[]::new));
            return new Said((Integer) status, text.toString());
        }
    }

    private Said process(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", JAR.toString(), MAIN));
        command.addAll(List.of(arguments));
        command.addAll(options);
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Said(process.waitFor(), text);
        } finally {
            process.destroyForcibly();
        }
    }
}
