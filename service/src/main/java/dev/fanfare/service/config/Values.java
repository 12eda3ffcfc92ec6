package dev.fanfare.service.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The values of all layers by key and type, and everything that is wrong with them: a bad value is noted and its
/// default returned, so that one run finds all problems. A key becomes known by being asked for.
public final class Values {
    private static final int SHOWN_MAX = 80;

    private final String page;
    private final List<Layer> layers;
    private final Set<String> known = new TreeSet<>();
    private final Set<String> bad = new HashSet<>();
    private final List<String> problems = new ArrayList<>();

    /// The layers of an app: system properties `fanfare.*`, environment variables `FANFARE_*`, the file.
    ///
    /// @param page the document that has every key, for who uses one that is none
    /// @param file YAML or properties, by its name
    /// @throws ConfigException if the file cannot be read or is not well-formed
    public static Values of(String page, Optional<Path> file, Map<String, String> environment, Properties system) {
        var layers = new ArrayList<>(List.of(Layer.system(system), Layer.environment(environment)));
        file.map(Layer::file).ifPresent(layers::add);
        return new Values(page, layers);
    }

    /// @param layers highest first
    private Values(String page, List<Layer> layers) {
        this.page = page;
        this.layers = List.copyOf(layers);
    }

    List<Layer> layers() {
        return layers;
    }

    public int integer(String key, int fallback, int min, int max) {
        return Math.toIntExact(number(key, fallback, min, max));
    }

    public long number(String key, long fallback, long min, long max) {
        var wanted = "a whole number from %d to %d".formatted(min, max);
        return read(key, fallback, wanted, text -> whole(text).filter(value -> value >= min && value <= max));
    }

    public int size(String key, int fallback, int min, int max) {
        return Math.toIntExact(bytes(key, fallback, min, max));
    }

    public long bytes(String key, long fallback, long min, long max) {
        var wanted = "a size from %s to %s, such as 65536, 64KiB or 1MiB".formatted(Units.show(min), Units.show(max));
        return read(key, fallback, wanted, text -> Units.size(text).filter(value -> value >= min && value <= max));
    }

    public Duration duration(String key, Duration fallback, Duration min, Duration max) {
        var wanted = "a duration from %s to %s, such as 250ms, 5s, 2m, 1h, 7d or PT5S"
                .formatted(Units.show(min), Units.show(max));
        return read(
                key,
                fallback,
                wanted,
                text -> Units.duration(text).filter(value -> value.compareTo(min) >= 0 && value.compareTo(max) <= 0));
    }

    public boolean flag(String key, boolean fallback) {
        return read(key, fallback, "true or false", text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    /// One of an enum's constants, in small letters and with hyphens.
    public <E extends Enum<E>> E choice(String key, E fallback) {
        var all = Arrays.asList(fallback.getDeclaringClass().getEnumConstants());
        var wanted = all.stream().map(Values::small).collect(Collectors.joining(", "));
        return read(
                key,
                fallback,
                "one of " + wanted,
                text -> all.stream().filter(one -> small(one).equals(text)).findFirst());
    }

    private static String small(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String text(String key, String fallback) {
        return read(
                key,
                fallback,
                "a text that is not blank",
                text -> Optional.of(text).filter(value -> !value.isBlank()));
    }

    /// An empty text counts as none.
    public Optional<String> text(String key) {
        return find(key).map(value -> value.text().strip()).filter(text -> !text.isEmpty());
    }

    /// Several texts, as a list or as one with commas between them: whole from the highest layer that has any.
    ///
    /// @param wanted what each must be
    /// @param parse empty for a text that cannot be
    public <T> List<T> list(String key, String wanted, Function<String, Optional<T>> parse) {
        known.add(key);
        List<T> inForce = List.of();
        for (var layer : layers) {
            var items = new TreeMap<Integer, Layer.Value>();
            for (var item : layer.keysUnder(layer.comparable(key) + ".")) {
                var index = item.substring(layer.comparable(key).length() + 1);
                if (index.matches("\\d{1,4}")) {
                    layer.find(item).ifPresent(value -> items.put(Integer.valueOf(index), value));
                }
            }
            var found = layer.find(key).map(List::of).orElseGet(() -> List.copyOf(items.values()));
            inForce = inForce.isEmpty() ? parsed(key, found, wanted, parse) : inForce;
        }
        return inForce;
    }

    private <T> List<T> parsed(
            String key, List<Layer.Value> values, String wanted, Function<String, Optional<T>> parse) {
        var all = new ArrayList<T>();
        for (var value : values) {
            for (var text : value.text().split(",", -1)) {
                if (!text.isBlank()) {
                    parse.apply(text.strip()).ifPresentOrElse(all::add, () -> {
                        bad.add(key);
                        problem("%s: %s from %s is refused: each must be %s"
                                .formatted(key, quoted(text.strip()), value.origin(), wanted));
                    });
                }
            }
        }
        return List.copyOf(all);
    }

    /// The value of the highest layer that has one.
    Optional<Layer.Value> find(String key) {
        known.add(key);
        // every layer is asked, so that a value that another hides does not count as unknown
        return layers.stream().map(layer -> layer.find(key)).toList().stream()
                .flatMap(Optional::stream)
                .findFirst();
    }

    /// Makes `key` known without reading it.
    public void expect(String key) {
        known.add(key);
    }

    /// Notes that what `key` is set to cannot be.
    ///
    /// @param inForce shown where the key is not set
    public void refuse(String key, Object inForce, String why) {
        bad.add(key);
        var shown = find(key)
                .map(value -> "%s from %s".formatted(quoted(value.text()), value.origin()))
                .orElse("the default " + inForce);
        problem("%s: %s is refused: %s".formatted(key, shown, why));
    }

    /// Notes a problem, on one line whatever is in it.
    public void problem(String problem) {
        problems.add(oneLine(problem));
    }

    int problemCount() {
        return problems.size();
    }

    /// Whether nothing is wrong with these so far; what goes together is checked only then.
    public boolean good(String... keys) {
        return Set.of(keys).stream().noneMatch(bad::contains);
    }

    /// Everything that is wrong, unknown keys included: call it when all keys have been asked for.
    List<String> problems() {
        for (var layer : layers) {
            for (var key : layer.unused()) {
                unknown(layer, key).ifPresent(this::problem);
            }
        }
        return problems.stream().distinct().toList();
    }

    /// Ends the start if anything is wrong.
    ///
    /// @throws ConfigException with all [#problems], if there are any
    public void check() {
        var all = problems();
        if (!all.isEmpty()) {
            throw new ConfigException(all);
        }
    }

    private Optional<String> unknown(Layer layer, String key) {
        var inIt = known.stream()
                .filter(one -> layer.comparable(one).startsWith(key + "."))
                .findFirst();
        if (inIt.isPresent()) {
            // an empty section of a file is no mistake
            return Optional.of("%s: from %s is refused: it is a section, with keys such as %s"
                            .formatted(key, layer.origin(key), layer.name(inIt.get())))
                    .filter(line -> !layer.isBlank(key));
        }
        var above = known.stream()
                .filter(one -> key.startsWith(layer.comparable(one) + "."))
                .findFirst();
        if (above.isPresent()) {
            return Optional.of("%s: from %s is refused: it takes one value, neither a list nor a section"
                    .formatted(above.get(), layer.origin(above.get())));
        }
        // the value is not shown: it may be a secret under a mistyped key
        var nearest = NearestKey.to(key, known.stream().map(layer::comparable).toList());
        var hint = known.stream()
                .filter(one -> nearest.filter(layer.comparable(one)::equals).isPresent())
                .findFirst()
                .map(one -> ": did you mean " + layer.name(one) + "?")
                .orElse(": see " + page);
        return Optional.of("%s: unknown key from %s%s".formatted(key, layer.origin(key), hint));
    }

    private <T> T read(String key, T fallback, String wanted, Function<String, Optional<T>> parse) {
        var found = find(key);
        if (found.isEmpty()) {
            return fallback;
        }
        var parsed = parse.apply(found.get().text().strip());
        if (parsed.isEmpty()) {
            refuse(key, "", "it must be " + wanted);
        }
        return parsed.orElse(fallback);
    }

    private static Optional<Long> whole(String text) {
        return text.matches("-?\\d{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    /// As it is shown in a problem: not without end.
    static String quoted(String text) {
        return "'" + (text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "..." : text) + "'";
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
