package dev.fanfare.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What docs/clients.md shows is what the tests run.
class ClientsDocTest {
    @ParameterizedTest
    @ValueSource(strings = {"js/eventsource.js", "js/websocket.js"})
    void showsTheSample(String file) throws Exception {
        var code = Files.readAllLines(Repository.SAMPLES.resolve(file)).stream()
                .dropWhile(line -> line.startsWith("//"))
                .collect(Collectors.joining("\n"));
        assertThat(Files.readString(Repository.ROOT.resolve("docs/clients.md"))).contains("\n" + code + "\n```");
        assertThat(code.lines()).hasSizeLessThan(10);
    }
}
