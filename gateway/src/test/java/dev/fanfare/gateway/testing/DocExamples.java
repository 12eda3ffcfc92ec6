package dev.fanfare.gateway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.quickstart.broker.LocalBroker;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The examples of a Markdown document, as `docs/protocol.md` describes them: fenced blocks marked `http request`,
/// `http response`, `record`, `ws client` and `ws server`, in the order in which things happen. Other blocks are left
/// alone.
public final class DocExamples {
    private static final Pattern FENCE = Pattern.compile("(?ms)^```([a-z ]*)\n(.*?)^```$");
    private static final Pattern PLACEHOLDER = Pattern.compile("<([a-z]+(?:-[a-z]+)*)(-\\d+)?>");
    private static final Map<String, String> SHAPES = Map.of(
            "cursor", "[A-Za-z0-9_-]+",
            "session", "[A-Za-z0-9_-]{20}",
            "request-id", "[0-9a-f]{16}",
            "uuid", "[0-9a-f-]{36}",
            "ms", "\\d+",
            "length", "\\d+",
            "offset", "\\d+",
            "time", "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z",
            "date", "\\w{3}, \\d\\d? \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT",
            "detail", "(?:[^\"\\\\]|\\\\.)+");

    private DocExamples() {}

    /// What stands below one heading.
    public record Section(String heading, List<Block> blocks) {
        /// Does what the blocks say, in their order.
        public void replay(Gateways.Running gateway, LocalBroker broker) throws IOException {
            try (var run = new Run(gateway, broker)) {
                for (var block : blocks) {
                    run.take(block);
                }
            }
        }
    }

    record Block(String kind, String text) {}

    /// The sections that have examples.
    public static Stream<Section> sections(String doc) {
        return Pattern.compile("(?m)^## ")
                .splitAsStream(doc)
                .map(DocExamples::section)
                .filter(section -> !section.blocks().isEmpty());
    }

    private static Section section(String text) {
        var blocks = new ArrayList<Block>();
        var fence = FENCE.matcher(text);
        while (fence.find()) {
            var kind = fence.group(1);
            if (List.of("http request", "http response", "record", "ws client", "ws server")
                    .contains(kind)) {
                blocks.add(new Block(kind, fence.group(2)));
            }
        }
        return new Section(text.lines().findFirst().orElse(""), blocks);
    }

    /// One section being replayed.
    private static final class Run implements AutoCloseable {
        private final Gateways.Running gateway;
        private final LocalBroker broker;
        private final Map<String, String> bound = new HashMap<>();
        private final List<RawClient> clients = new ArrayList<>();

        Run(Gateways.Running gateway, LocalBroker broker) {
            this.gateway = gateway;
            this.broker = broker;
        }

        void take(Block block) throws IOException {
            switch (block.kind) {
                case "http request" -> request(filled(block.text));
                case "http response" -> response(block.text);
                case "record" -> record(block.text);
                case "ws client" -> client().send(WebSocketFrames.clientText(block.text.strip()));
                case "ws server" -> {
                    for (var line : block.text.strip().split("\n", -1)) {
                        match(line, WebSocketFrames.readText(client().in()));
                    }
                }
                default -> throw new IllegalArgumentException(block.kind);
            }
        }

        private RawClient client() {
            return clients.getLast();
        }

        private void request(String text) throws IOException {
            int end = text.indexOf("\n\n");
            var head = text.substring(0, end + 2).replace("\n", "\r\n");
            var body = text.substring(end + 2).stripTrailing();
            clients.add(gateway.connect());
            client().send(head + body);
        }

        private void response(String text) throws IOException {
            if (!text.startsWith("HTTP/")) {
                match(text, asManyLines(text));
                return;
            }
            int end = text.indexOf("\n\n");
            var expected = text.substring(0, end).split("\n", -1);
            var body = text.substring(end + 2);
            var head = client().head();
            match(expected[0], head.statusLine());
            headers(List.of(expected).subList(1, expected.length), head);
            var length = head.header("Content-Length");
            if (length.isPresent()) {
                var actual = new String(client().exactly(Integer.parseInt(length.get())), UTF_8);
                match(body.stripTrailing(), actual.stripTrailing());
            } else if (!body.isEmpty()) {
                match(body, asManyLines(body));
            }
        }

        private void headers(List<String> expected, RawClient.Head head) {
            var left = new ArrayList<>(head.headers());
            for (var line : expected) {
                var name = line.substring(0, line.indexOf(':') + 1);
                var actual = left.stream()
                        .filter(l -> l.regionMatches(true, 0, name, 0, name.length()))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no header " + line + " in " + head));
                match(line, actual);
                left.remove(actual);
            }
            assertThat(left).as("headers that the document does not show").isEmpty();
        }

        /// So much of a stream as the document shows; heartbeats may come at any time.
        private String asManyLines(String text) throws IOException {
            long lines = text.lines().count();
            var read = new StringBuilder();
            for (long i = 0; i < lines; i++) {
                read.append(line());
            }
            return read.toString();
        }

        private String line() throws IOException {
            var line = new ByteArrayOutputStream();
            int b;
            do {
                b = client().in().read();
                if (b < 0) {
                    throw new EOFException("the stream ended after '" + line.toString(UTF_8) + "'");
                }
                line.write(b);
            } while (b != '\n');
            return line.toString(UTF_8);
        }

        private void record(String text) {
            int end = text.indexOf("\n\n");
            var headers = new HashMap<String, String>();
            for (var line : (end < 0 ? text.stripTrailing() : text.substring(0, end)).split("\n", -1)) {
                headers.put(line.substring(0, line.indexOf(": ")), line.substring(line.indexOf(": ") + 2));
            }
            var topic = String.valueOf(headers.remove("topic"));
            var key = headers.remove("key");
            var others = new ArrayList<String>();
            byte @Nullable [] value =
                    end < 0 ? null : text.substring(end + 2).stripTrailing().getBytes(UTF_8);
            var base64 = headers.remove("value-base64");
            if (base64 != null) {
                value = Base64.getDecoder().decode(base64);
            }
            headers.forEach((name, header) -> {
                others.add(name);
                others.add(header);
            });
            broker.send(topic, null, key, value, others.toArray(String[]::new));
        }

        /// The text with what earlier responses have bound.
        private String filled(String text) {
            return PLACEHOLDER.matcher(text).replaceAll(match -> {
                var value = bound.get(match.group());
                if (value == null) {
                    throw new AssertionError("no response has shown " + match.group() + " yet");
                }
                return value;
            });
        }

        private void match(String expected, String actual) {
            var pattern = new StringBuilder();
            var names = new ArrayList<String>();
            var placeholder = PLACEHOLDER.matcher(expected);
            int at = 0;
            while (placeholder.find()) {
                pattern.append(Pattern.quote(expected.substring(at, placeholder.start())));
                pattern.append(shape(placeholder.group(), placeholder.group(1), names));
                at = placeholder.end();
            }
            pattern.append(Pattern.quote(expected.substring(at)));
            var match = Pattern.compile(pattern.toString()).matcher(actual);
            assertThat(match.matches())
                    .as("the document says\n%s\nbut there comes\n%s\n(%s)", expected, actual, bound)
                    .isTrue();
            for (int i = 0; i < names.size(); i++) {
                var name = names.get(i);
                var kind = name.substring(0, name.lastIndexOf('-'));
                var value = match.group(i + 1);
                assertThat(bound.entrySet().stream()
                                .filter(b -> b.getKey().startsWith(kind + "-")
                                        && b.getValue().equals(value)))
                        .as("is the same as " + name)
                        .isEmpty();
                bound.put(name, value);
            }
        }

        /// A numbered placeholder is the same wherever it stands.
        private String shape(String whole, String name, List<String> names) {
            var shape = SHAPES.get(name);
            if (shape == null) {
                throw new AssertionError("the placeholder " + whole + " is not known");
            }
            if (whole.equals("<" + name + ">")) {
                return "(?:" + shape + ")";
            }
            var value = bound.get(whole);
            if (value != null) {
                return Pattern.quote(value);
            }
            int earlier = names.indexOf(whole);
            if (earlier >= 0) {
                return "\\" + (earlier + 1);
            }
            names.add(whole);
            return "(" + shape + ")";
        }

        @Override
        public void close() throws IOException {
            for (var client : clients) {
                client.close();
            }
        }
    }
}
