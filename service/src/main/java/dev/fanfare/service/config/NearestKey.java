package dev.fanfare.service.config;

import dev.fanfare.service.EditDistance;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what somebody probably meant to write.
public final class NearestKey {
    private NearestKey() {}

    /// The one of `known` that takes the fewest edits, if those are fewer than half of its characters; first of
    /// all one that is the same but for what stands before a dot (`heartbeat` is `session.heartbeat`).
    public static Optional<String> to(String name, Collection<String> known) {
        var inSection =
                known.stream().filter(one -> one.endsWith("." + name)).sorted().findFirst();
        return inSection.isPresent()
                ? inSection
                : known.stream()
                        .filter(one -> 2 * EditDistance.between(name, one) < one.length())
                        .min(Comparator.<String>comparingInt(one -> EditDistance.between(name, one))
                                .thenComparing(Comparator.naturalOrder()));
    }
}
