package dev.fanfare.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The gateway as it is delivered: one archive, and nothing of the broker in it.
class ArchiveTest {
    private static final Path TARGET = Repository.ROOT.resolve("gateway/target");
    private final String name = "fanfare-gateway-" + Objects.requireNonNull(System.getProperty("fanfare.version"));
    private final Path archive = TARGET.resolve(name + ".tar.gz");

    @BeforeEach
    void setUp() {
        assumeThat(archive).as("packaged by mvn verify").exists();
    }

    @Test
    void holdsAllThatTheGatewayNeeds() throws Exception {
        assertThat(tar("-tzf"))
                .contains(
                        name + "/fanfare-gateway.jar",
                        name + "/LICENSE",
                        name + "/gateway.yaml",
                        name + "/bin/fanfare-gateway");
        assertThat(tar("-tvzf"))
                .filteredOn(line -> line.endsWith("bin/fanfare-gateway"))
                .singleElement()
                .asString()
                .startsWith("-rwxr-xr-x");
        try (var jar = new JarFile(TARGET.resolve("fanfare-gateway.jar").toFile())) {
            var needed =
                    jar.getManifest().getMainAttributes().getValue("Class-Path").split(" ", -1);
            assertThat(tar("-tzf"))
                    .contains(List.of(needed).stream()
                            .map(entry -> name + "/" + entry)
                            .toArray(String[]::new));
        }
    }

    @Test
    void holdsNoBroker() throws Exception {
        assertThat(tar("-tzf"))
                .anyMatch(entry -> entry.contains("/kafka-clients-"))
                .noneMatch(entry -> entry.contains("kafka_2.13") || entry.contains("scala-library"))
                .noneMatch(entry -> entry.contains("quickstart") || entry.contains("junit"));
    }

    private List<String> tar(String how) throws Exception {
        var process = new ProcessBuilder("tar", how, archive.toString()).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
