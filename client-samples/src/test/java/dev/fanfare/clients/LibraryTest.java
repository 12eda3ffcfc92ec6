package dev.fanfare.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanfare.quickstart.broker.LocalBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The library's own tests, by Node's test runner, and its types.
@Timeout(180)
class LibraryTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path dir;

    @Test
    void passesItsTestsInNode() throws Exception {
        Files.writeString(dir.resolve("secret"), SECRET);
        var topic = LocalBroker.get().newTopic("library", 1);
        try (var gateway = TestGateway.start(dir, topic, """
                        access:
                          clock-skew: 0s
                          expiry: {notice: 1s, grace: 500ms}
                          issuers:
                            - {issuer: samples, audience: fanfare, secret-file: secret}
                        """)) {
            var said = run(Map.of("FANFARE_URL", gateway.url(), "FANFARE_SECRET", SECRET), "node", "--test", "test/");
            assertThat(said).anyMatch(line -> line.matches(".* skipped 0")).anyMatch(line -> line.matches(".* fail 0"));
        }
    }

    @Test
    void hasTheTypesThatItSays() throws Exception {
        run(Map.of(), "npm", "run", "types");
    }

    private static List<String> run(Map<String, String> environment, String... command) throws Exception {
        try (var program = Program.start(NodePackage.dir(), environment, List.of(command))) {
            assertThat(program.exit(150)).as(program::toString).isZero();
            return program.output();
        }
    }
}
