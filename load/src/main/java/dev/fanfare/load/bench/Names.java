package dev.fanfare.load.bench;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What options choose by its name.
final class Names {
    private Names() {}

    /// @param wanted names; none: all
    /// @return them in the order of `all`
    /// @throws Misuse for a name that there is not
    static <T> List<T> choose(String option, List<String> wanted, List<T> all, Function<T, String> name) {
        var known = all.stream().map(name).toList();
        for (var one : wanted) {
            if (!known.contains(one)) {
                throw new Misuse("%s has no '%s': use some of %s"
                        .formatted(option, one, known.stream().collect(Collectors.joining(", "))));
            }
        }
        return all.stream()
                .filter(one -> wanted.isEmpty() || wanted.contains(name.apply(one)))
                .toList();
    }
}
