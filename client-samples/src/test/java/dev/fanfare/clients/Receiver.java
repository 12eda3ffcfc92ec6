package dev.fanfare.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A sample that receives webhooks, as a process on a free port.
final class Receiver implements AutoCloseable {
    private static final Pattern HANDLED = Pattern.compile("handled (\\S*), \\d+ bytes: .*");
    private static final Pattern READY = Pattern.compile("receiving on (http://.*)");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Program program;
    private final URI url;

    private Receiver(Program program, URI url) {
        this.program = program;
        this.url = url;
    }

    /// How one of them is started.
    record Kind(String name, List<String> command, Map<String, String> environment) {
        static Kind of(String name, String... command) {
            return new Kind(name, List.of(command), Map.of());
        }

        /// Without waiting until it is ready.
        ///
        /// @param dir for what it keeps
        Program launch(Path dir, Map<String, String> more) throws IOException {
            var arguments = Stream.concat(
                            command.stream(),
                            Stream.of("0", dir.resolve("inbox-" + name).toString()))
                    .toList();
            var all = new HashMap<>(environment);
            all.putAll(more);
            return Program.start(dir, all, arguments);
        }

        Receiver start(Path dir, String secret, int workMillis) throws IOException {
            return start(dir, secret, workMillis, 10_000);
        }

        /// @param waitingMax events that may wait to be handled
        Receiver start(Path dir, String secret, int workMillis, int waitingMax) throws IOException {
            var program = launch(
                    dir,
                    Map.of(
                            "WEBHOOK_SECRET",
                            secret,
                            "WORK_MILLIS",
                            Integer.toString(workMillis),
                            "WAITING_MAX",
                            Integer.toString(waitingMax)));
            try {
                await().atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(20))
                        .failFast(() -> assertThat(program.isAlive())
                                .as(program::toString)
                                .isTrue())
                        .until(() -> program.errors().stream()
                                .anyMatch(line -> READY.matcher(line).matches()));
            } catch (RuntimeException failure) {
                program.close();
                throw new AssertionError(name + " is not ready: " + program, failure);
            }
            var url = program.errors().stream()
                    .map(READY::matcher)
                    .filter(matcher -> matcher.matches())
                    .map(matcher -> URI.create(matcher.group(1)))
                    .findFirst()
                    .orElseThrow();
            return new Receiver(program, url);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    URI url() {
        return url;
    }

    /// The answer's status.
    int post(byte[] body, Map<String, String> headers) throws IOException, InterruptedException {
        return answer(body, headers).statusCode();
    }

    HttpResponse<Void> answer(byte[] body, Map<String, String> headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(url.resolve("/hook"))
                .timeout(Duration.ofSeconds(20))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return HTTP.send(request.build(), BodyHandlers.discarding());
    }

    /// The ids of what it has handled so far.
    List<String> handled() {
        return program.output().stream()
                .map(HANDLED::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .toList();
    }

    List<String> output() {
        return program.output();
    }

    void terminate() throws InterruptedException {
        program.terminate();
    }

    void kill() throws InterruptedException {
        program.kill();
    }

    @Override
    public String toString() {
        return program.toString();
    }

    @Override
    public void close() {
        program.close();
    }
}
