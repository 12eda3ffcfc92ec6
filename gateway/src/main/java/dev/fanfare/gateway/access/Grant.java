package dev.fanfare.gateway.access;

import dev.fanfare.events.ChannelName;
import dev.fanfare.events.ChannelPattern;
import java.util.List;
import java.util.Optional;

/// What a caller may subscribe and publish to.
///
/// @param faults why something that the token speaks of is not in it
public record Grant(List<ChannelPattern> subscribe, List<ChannelPattern> publish, List<String> faults) {
    private static final ChannelPattern ALL = ChannelPattern.parse("**");

    public Grant {
        subscribe = List.copyOf(subscribe);
        publish = List.copyOf(publish);
        faults = List.copyOf(faults);
    }

    /// Whether the pattern lies wholly in one of those that are granted. It is never made narrower: who subscribes to
    /// more than is granted would take what comes for all that there is.
    public boolean maySubscribe(ChannelPattern pattern) {
        return subscribe.stream().anyMatch(granted -> granted.covers(pattern));
    }

    /// Whether the channel is in one of those that are granted. No channel at all, of a key that yields none, is only
    /// in `**`.
    boolean mayPublish(Optional<ChannelName> channel) {
        return publish.stream()
                .anyMatch(granted -> channel.map(granted::matches).orElse(granted.equals(ALL)));
    }
}
