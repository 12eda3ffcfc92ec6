package dev.fanfare.webhook.ingest;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// An event between being read and being committed. Its window guards it.
final class InFlight {
    final Message message;
    final int bytes;
    private final Set<EndpointId> matched = new LinkedHashSet<>();
    private long version = -1; // of the registry it was matched with
    private int pending;

    InFlight(Message message) {
        this.message = message;
        this.bytes = 512 + message.event().dataLength();
    }

    /// Counts the endpoints that it was not matched with before as pending.
    ///
    /// @return these
    List<EndpointId> match(long registryVersion, List<EndpointId> endpoints) {
        version = registryVersion;
        var fresh = endpoints.stream().filter(matched::add).toList();
        pending += fresh.size();
        return fresh;
    }

    void settle() {
        pending--;
    }

    boolean isSettled() {
        return pending == 0;
    }

    boolean isOlderThan(long registryVersion) {
        return version < registryVersion;
    }

    int pending() {
        return pending;
    }
}
