package dev.fanfare.webhook.endpoint;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The endpoints of one tenant by what they want: a look for each channel of an event, and a walk over the patterns
/// that have wildcards. Immutable.
final class Matcher {
    private final Map<ChannelName, List<Endpoint>> literals;
    private final List<Wildcard> wildcards;

    private record Wildcard(ChannelPattern pattern, Endpoint endpoint) {}

    private Matcher(Map<ChannelName, List<Endpoint>> literals, List<Wildcard> wildcards) {
        this.literals = literals;
        this.wildcards = wildcards;
    }

    List<EndpointId> match(Message message) {
        var found = new LinkedHashSet<EndpointId>();
        var type = ChannelName.escaped(message.event().type());
        for (var channel : message.channels()) {
            for (var endpoint : literals.getOrDefault(channel, List.of())) {
                addIfWanted(endpoint, type, found);
            }
            for (var wildcard : wildcards) {
                if (wildcard.pattern.matches(channel)) {
                    addIfWanted(wildcard.endpoint, type, found);
                }
            }
        }
        return List.copyOf(found);
    }

    /// @param type as a name, empty if none comes of it: then only endpoints that take any type want it
    private static void addIfWanted(Endpoint endpoint, Optional<ChannelName> type, Set<EndpointId> found) {
        var patterns = endpoint.settings().eventTypes();
        if (patterns.isEmpty() || (type.isPresent() && patterns.stream().anyMatch(one -> one.matches(type.get())))) {
            found.add(endpoint.id());
        }
    }

    static final class Builder {
        private final Map<ChannelName, List<Endpoint>> literals = new HashMap<>();
        private final List<Wildcard> wildcards = new ArrayList<>();

        void add(Endpoint endpoint) {
            for (var pattern : endpoint.settings().channels()) {
                if (pattern.isLiteral()) {
                    literals.computeIfAbsent(pattern.literal(), _ -> new ArrayList<>())
                            .add(endpoint);
                } else {
                    wildcards.add(new Wildcard(pattern, endpoint));
                }
            }
        }

        Matcher build() {
            return new Matcher(literals, wildcards);
        }
    }
}
