package dev.fanfare.gateway.config;

import java.util.Optional;

/// What makes many nodes one, under `cluster`.
///
/// @param node the name of this node for operators; none: the host's
/// @param ordersTopic of what operators have done with clients on all nodes; none: there is no such thing
public record ClusterSettings(Optional<String> node, Optional<String> ordersTopic) {
    public static final ClusterSettings DEFAULT = new ClusterSettings(Optional.empty(), Optional.empty());
}
