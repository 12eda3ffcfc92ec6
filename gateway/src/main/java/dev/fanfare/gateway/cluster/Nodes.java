package dev.fanfare.gateway.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Which nodes there are, as far as one of them knows.
///
/// @param all in the order of their names
/// @param doubt why there may be others, or some of these may be gone; empty: that is not known of
public record Nodes(List<Seen> all, Optional<String> doubt) {
    /// One that is there.
    ///
    /// @param run the name of this start of it, which is nobody else's
    /// @param self whether it is the one that tells
    /// @param agoMillis since it told
    public record Seen(String run, boolean self, long agoMillis, Bulletin told) {}

    public Nodes {
        all = all.stream()
                .sorted(Comparator.comparing((Seen seen) -> seen.told.node()).thenComparing(Seen::run))
                .toList();
    }

    /// What a node knows that hears of no other.
    public static Nodes alone(Pulse pulse) {
        return new Nodes(
                List.of(self(pulse)),
                Optional.of("only this node is shown: nodes know of each other where cluster.presence.topic is set"));
    }

    /// The same, with the node that tells: it is there even if nobody has heard it.
    static Nodes with(Pulse pulse, List<Seen> others, Optional<String> doubt) {
        var all = new ArrayList<>(others);
        if (all.stream().noneMatch(Seen::self)) {
            all.add(self(pulse));
        }
        return new Nodes(all, doubt);
    }

    private static Seen self(Pulse pulse) {
        return new Seen(pulse.run(), true, 0, pulse.take());
    }
}
