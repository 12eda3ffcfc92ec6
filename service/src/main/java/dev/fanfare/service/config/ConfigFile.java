package dev.fanfare.service.config;

import io.helidon.common.media.type.MediaType;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import io.helidon.config.PropertiesConfigParser;
import io.helidon.config.yaml.YamlConfigParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.DuplicateKeyException;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.scanner.ScannerException;

/// The file given with `--config`, parsed by Helidon Config and flattened to dotted keys; a list's items have their
/// index as the last part of the key.
///
/// Helidon's `${...}` references stay as they are: such values belong to Kafka's config providers.
public final class ConfigFile {
    private static final int BYTES_MAX = 1 << 20;

    private ConfigFile() {}

    /// Key by key, what is in the file.
    ///
    /// @throws ConfigException if it cannot be read or is not well-formed; the message quotes keys, never values
    public static Map<String, String> read(Path file) {
        var type = type(file);
        byte[] content = content(file);
        if (type.equals(MediaTypes.APPLICATION_YAML)) {
            checkYaml(file, content);
        }
        var flat = new TreeMap<String, String>();
        try {
            parse(content, type)
                    .traverse()
                    .filter(Config::hasValue)
                    .forEach(node ->
                            flat.put(node.key().toString(), node.asString().orElse("")));
        } catch (RuntimeException malformed) {
            // the parsers quote what they stumble over, which may be a secret
            throw refused(file, "is not well-formed " + type.subtype());
        }
        return flat;
    }

    private static Config parse(byte[] content, MediaType type) {
        return Config.builder(ConfigSources.create(new ByteArrayInputStream(content), type))
                .disableParserServices()
                .addParser(YamlConfigParser.create())
                .addParser(new PropertiesConfigParser())
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .disableKeyResolving()
                .disableValueResolving()
                .disableFilterServices()
                .build();
    }

    private static MediaType type(Path file) {
        var name = file.toString();
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            return MediaTypes.APPLICATION_YAML;
        }
        if (name.endsWith(".properties")) {
            return MediaTypes.TEXT_PROPERTIES;
        }
        throw refused(file, "has a name that does not end in .yaml, .yml or .properties");
    }

    private static byte[] content(Path file) {
        try {
            if (Files.isDirectory(file)) {
                throw refused(file, "is a folder");
            }
            if (Files.size(file) > BYTES_MAX) {
                throw refused(file, "is larger than " + Units.show(BYTES_MAX));
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException missing) {
            throw refused(file, "does not exist");
        } catch (IOException unreadable) {
            throw refused(file, "cannot be read: " + unreadable.getClass().getSimpleName());
        }
    }

    /// Helidon's parser lets the last of two equal keys win, without a word, and does not say where the fault is.
    private static void checkYaml(Path file, byte[] content) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (var reader = new InputStreamReader(new ByteArrayInputStream(content), StandardCharsets.UTF_8)) {
            @Nullable Object root = new Yaml(new SafeConstructor(options)).load(reader);
            if (root != null && !(root instanceof Map)) {
                throw refused(file, "must hold keys and values, such as server.port: 8080");
            }
        } catch (MarkedYAMLException malformed) {
            throw refused(file, "is not well-formed YAML" + where(malformed));
        } catch (YAMLException | IOException malformed) {
            throw refused(file, "is not well-formed YAML");
        }
    }

    /// Line and column, and the reason where it cannot hold a value: an unknown alias or tag may be somebody's
    /// unquoted password.
    private static String where(MarkedYAMLException malformed) {
        var mark = malformed.getProblemMark();
        var at = mark == null ? "" : " at line %d, column %d".formatted(mark.getLine() + 1, mark.getColumn() + 1);
        var harmless = malformed instanceof ScannerException || malformed instanceof DuplicateKeyException;
        return at + (harmless ? ": " + malformed.getProblem() : ": quote values that have special characters");
    }

    private static ConfigException refused(Path file, String why) {
        return new ConfigException(List.of("--config: the file " + file + " " + why));
    }
}
