package dev.fanfare.service.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// One place that settings come from. Remembers which of its entries somebody asked for, so that the others can be
/// named as unknown.
///
/// Each place has its own notation for a key. Environment variables have no dashes and dots, so in that layer keys
/// are compared with dashes as dots.
public final class Layer {
    private static final String VARIABLE = "FANFARE_";
    private static final String PROPERTY = "fanfare.";

    /// What Kubernetes sets in every container of a namespace that has a service called `fanfare` or `fanfare-x`.
    private static final Pattern SERVICE_LINK =
            Pattern.compile("FANFARE(_.*)?(_SERVICE_HOST|_SERVICE_PORT(_.*)?|_PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    /// A value and where it came from, in words.
    record Value(String text, String origin) {}

    private final String kind;
    private final UnaryOperator<String> notation;
    private final UnaryOperator<String> comparable;
    private final Map<String, String> entries;
    private final Set<String> used = new HashSet<>();

    private Layer(
            String kind,
            UnaryOperator<String> notation,
            UnaryOperator<String> comparable,
            Map<String, String> entries) {
        this.kind = kind;
        this.notation = notation;
        this.comparable = comparable;
        this.entries = entries;
    }

    static Layer file(Path file) {
        return new Layer("file " + file, UnaryOperator.identity(), UnaryOperator.identity(), ConfigFile.read(file));
    }

    public static Layer environment(Map<String, String> environment) {
        var entries = new TreeMap<String, String>();
        environment.forEach((name, text) -> {
            var serviceLink = SERVICE_LINK.matcher(name).matches()
                    || (name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(text).matches());
            if (name.startsWith(VARIABLE) && !serviceLink) {
                entries.put(dotted(name.substring(VARIABLE.length())), text);
            }
        });
        return new Layer(
                "environment variable",
                key -> VARIABLE + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'),
                Layer::dotted,
                entries);
    }

    static Layer system(Properties properties) {
        var entries = new TreeMap<String, String>();
        for (var name : properties.stringPropertyNames()) {
            if (name.startsWith(PROPERTY)) {
                entries.put(name.substring(PROPERTY.length()), properties.getProperty(name, ""));
            }
        }
        return new Layer("system property", key -> PROPERTY + key, UnaryOperator.identity(), entries);
    }

    private static String dotted(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', '.').replace('-', '.');
    }

    /// The value of `key`, which counts as asked for from now on.
    Optional<Value> find(String key) {
        var here = comparable.apply(key);
        used.add(here);
        return Optional.ofNullable(entries.get(here)).map(text -> new Value(text, origin(key)));
    }

    /// The keys that start with `prefix`, as this layer has them.
    List<String> keysUnder(String prefix) {
        return entries.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
    }

    /// The keys that nobody asked for.
    List<String> unused() {
        return entries.keySet().stream().filter(key -> !used.contains(key)).toList();
    }

    boolean isBlank(String key) {
        return entries.getOrDefault(key, "").isBlank();
    }

    /// How `key` is written here.
    public String name(String key) {
        return notation.apply(key);
    }

    /// How `key` compares with [#unused].
    String comparable(String key) {
        return comparable.apply(key);
    }

    /// Where `key` was set, in words.
    String origin(String key) {
        return kind.startsWith("file ") ? kind : kind + " " + name(key);
    }
}
