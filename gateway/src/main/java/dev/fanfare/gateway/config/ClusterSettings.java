package dev.fanfare.gateway.config;

import dev.fanfare.events.ChannelPattern;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What makes many nodes one, under `cluster`.
///
/// @param node the name of this node for operators; none: the host's
/// @param ordersTopic of what operators have done with clients on all nodes; none: there is no such thing
public record ClusterSettings(Optional<String> node, Optional<String> ordersTopic, Presence presence) {
    public static final ClusterSettings DEFAULT = new ClusterSettings(
            Optional.empty(),
            Optional.empty(),
            new Presence(
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(30),
                    10_000,
                    1000));

    /// Who is on which channel.
    ///
    /// @param topic in which nodes tell each other; none: nobody is counted
    /// @param counts channels whose subscribers are counted
    /// @param members channels of which it is told, too, whose tokens they have
    /// @param interval how often a node looks at what it has
    /// @param lease how long a node counts of which nothing is heard
    /// @param channelsMax channels of one node
    /// @param membersMax members of one channel of one node
    public record Presence(
            Optional<String> topic,
            List<ChannelPattern> counts,
            List<ChannelPattern> members,
            Duration interval,
            Duration lease,
            int channelsMax,
            int membersMax) {
        public Presence {
            counts = List.copyOf(counts);
            members = List.copyOf(members);
        }
    }
}
