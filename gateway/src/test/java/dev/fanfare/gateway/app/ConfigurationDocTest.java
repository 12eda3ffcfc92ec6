package dev.fanfare.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.fanfare.service.config.ConfigException;
import dev.fanfare.service.config.ConfigFile;
import dev.fanfare.service.config.KafkaSettings;
import dev.fanfare.service.config.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds `docs/configuration.md` and the example to the code, both ways.
class ConfigurationDocTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path EXAMPLE = DOCS.resolve("gateway.example.yaml");
    private static final Pattern ROW =
            Pattern.compile("\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\| ([^|]*)\\| ([^|]+) \\|");

    /// Documented, but of other rules than the records' components.
    private static final Map<String, String> FREE_FORM = Map.of(
            "kafka.bootstrap.servers", "required",
            "kafka.*", "Kafka's",
            "routes.N.topics", "required",
            "routes.N.channels", "required",
            "access.issuers.N.issuer", "required",
            "access.issuers.N.audience", "required",
            "access.issuers.N.jwks-url", "none",
            "access.issuers.N.jwks-file", "none",
            "access.issuers.N.public-key-file", "none",
            "access.issuers.N.secret-file", "none");

    private record Row(String type, String standard, String allowed) {}

    @Test
    void documentsEveryKeyAndNoOther() throws IOException {
        var expected = new TreeSet<>(SettingsKeys.defaults().keySet());
        expected.addAll(FREE_FORM.keySet());

        assertThat(rows().keySet()).isEqualTo(expected);
    }

    @Test
    void documentsEachDefaultAndType() throws IOException {
        var expected = new TreeMap<>(FREE_FORM);
        SettingsKeys.defaults().forEach((key, value) -> expected.put(key, shown(key, value)));

        assertThat(rows()).allSatisfy((key, row) -> {
            assertThat(row.standard()).isEqualTo(expected.get(key));
            if (!FREE_FORM.containsKey(key)) {
                assertThat(row.type()).isEqualTo(type(key));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("dev.fanfare.gateway.app.SettingsReaderTest#keys")
    void documentsWhatIsAllowed(String key) throws IOException {
        assertThat(rows()).containsKey(key);
        var allowed = rows().getOrDefault(key, new Row("", "", "")).allowed();
        if (type(key).startsWith("text")) {
            return;
        }
        var nonsense = new Properties();
        nonsense.setProperty("fanfare." + key, "nonsense");

        var refused = catchThrowableOfType(
                ConfigException.class, () -> SettingsReader.read(Optional.of(EXAMPLE), Map.of(), nonsense));

        var wanted = type(key).equals("boolean") ? "true or false" : " from " + allowed;
        assertThat(refused.problems())
                .singleElement()
                .asString()
                .contains(key + ": 'nonsense'")
                .contains(wanted);
    }

    @Test
    void namesEachRefusedKafkaSetting() throws IOException {
        var text = Files.readString(DOCS.resolve("configuration.md"));
        assertThat(Stream.concat(KafkaSettings.REFUSED.keySet().stream(), KafkaRefusals.ALL.keySet().stream()))
                .allSatisfy(key -> assertThat(text).contains("`" + key + "`"));
    }

    @Test
    void hasAnExampleThatLoadsWithEveryKeyAtItsDefault() {
        var settings = SettingsReader.read(Optional.of(EXAMPLE), Map.of(), new Properties());

        assertThat(SettingsKeys.of(settings)).isEqualTo(SettingsKeys.defaults());
        assertThat(settings.routes()).hasSize(3);
        assertThat(ConfigFile.read(EXAMPLE).keySet())
                .containsAll(SettingsKeys.defaults().keySet());
    }

    private static String shown(String key, Object value) {
        return switch (value) {
            case Duration duration -> "`" + Units.show(duration) + "`";
            case Optional<?> none -> "none";
            case List<?> list when list.isEmpty() -> "none";
            case List<?> _, Enum<?> _ -> "`" + SettingsKeys.text(value) + "`";
            case Integer size when type(key).equals("size") -> "`" + Units.show(size) + "`";
            case Long size when type(key).equals("size") -> "`" + Units.show(size) + "`";
            default -> "`" + value + "`";
        };
    }

    /// By what the reader says that it wants; texts take anything that is no topic or host.
    private static String type(String key) {
        var value = SettingsKeys.defaults().get(key);
        if (value instanceof Boolean) {
            return "boolean";
        }
        if (value instanceof Duration) {
            return "duration";
        }
        if (value instanceof List) {
            return "text or list";
        }
        if (!(value instanceof Number)) {
            return "text";
        }
        var nonsense = new Properties();
        nonsense.setProperty("fanfare." + key, "nonsense");
        var refused = catchThrowableOfType(
                ConfigException.class, () -> SettingsReader.read(Optional.of(EXAMPLE), Map.of(), nonsense));
        return refused.problems().getFirst().contains("a size from") ? "size" : "number";
    }

    private static Map<String, Row> rows() throws IOException {
        try (var lines = Files.lines(DOCS.resolve("configuration.md"))) {
            return lines.map(ROW::matcher)
                    .filter(row -> row.matches())
                    .collect(Collectors.toMap(
                            row -> row.group(1),
                            row -> new Row(
                                    row.group(2).strip(),
                                    row.group(3).strip(),
                                    row.group(4).strip())));
        }
    }
}
