package dev.fanfare.charts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// The chart in the repository, and what Helm makes of it.
final class Chart {
    static final Path ROOT = Path.of(System.getProperty("fanfare.repository", ".."))
            .toAbsolutePath()
            .normalize();
    static final Path FOLDER = ROOT.resolve("charts/fanfare");
    static final Path EXAMPLES = ROOT.resolve("charts/examples");
    static final ObjectMapper JSON = new ObjectMapper();

    /// The chart with its tests as objects like all others: Helm keeps hooks to itself.
    private static final Path UNHOOKED = unhooked();

    private Chart() {}

    private static Path unhooked() {
        var copy = Path.of("target", "unhooked").toAbsolutePath();
        try (var files = Files.walk(FOLDER)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var target = copy.resolve(FOLDER.relativize(file).toString());
                Files.createDirectories(Objects.requireNonNull(target.getParent()));
                Files.writeString(target, Files.readString(file).replace("helm.sh/hook: test", "test: is"));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return copy;
    }

    /// The objects of a release called `push` in the namespace `events`, with those of `helm test`.
    ///
    /// @param example a file of `charts/examples`
    /// @param set what is set besides, as with `--set`: `gateway.replicas=3`
    static List<JsonNode> render(String example, String... set) {
        var command = new Helm(UNHOOKED)
                .template()
                .withName("push")
                .withNamespace("events")
                .withKubeVersion("1.31.0")
                .withValuesFile(EXAMPLES.resolve(example));
        for (var pair : set) {
            int equals = pair.indexOf('=');
            command.set(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return documents(command.call());
    }

    /// All documents of a YAML text. A key that comes twice is an error.
    static List<JsonNode> documents(String text) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        var all = new ArrayList<JsonNode>();
        for (var document : new Yaml(new SafeConstructor(options)).loadAll(text)) {
            if (document != null) {
                all.add(JSON.valueToTree(document));
            }
        }
        return all;
    }

    static JsonNode yaml(Path file) {
        return documents(text(file)).getFirst();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /// The object of that kind with that name.
    static JsonNode object(List<JsonNode> objects, String kind, String name) {
        return objects.stream()
                .filter(each -> each.path("kind").textValue().equals(kind)
                        && each.at("/metadata/name").textValue().equals(name))
                .findAny()
                .orElseThrow(() -> new AssertionError("no %s %s in %s"
                        .formatted(
                                kind,
                                name,
                                objects.stream()
                                        .map(each -> Map.entry(each.path("kind"), each.at("/metadata/name")))
                                        .toList())));
    }

    static String string(JsonNode node, String pointer) {
        return Objects.requireNonNull(node.at(pointer).textValue(), pointer);
    }
}
