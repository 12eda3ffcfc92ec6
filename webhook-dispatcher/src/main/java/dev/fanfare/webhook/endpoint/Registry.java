package dev.fanfare.webhook.endpoint;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All endpoints, as this node knows them. Readers see one version as a whole.
///
/// Threads: any reads; [#apply] is for one thread at a time.
public final class Registry {
    private volatile Snapshot snapshot = new Snapshot(0, Map.of(), Map.of());

    private record Snapshot(long version, Map<EndpointId, Endpoint> endpoints, Map<String, Matcher> byTenant) {}

    /// Who gets an event.
    ///
    /// @param version of the registry when it was asked
    public record Match(long version, List<EndpointId> endpoints) {}

    /// The version that readers see.
    public long version() {
        return snapshot.version;
    }

    /// An endpoint, enabled or not.
    public Optional<Endpoint> find(EndpointId id) {
        return Optional.ofNullable(snapshot.endpoints.get(id));
    }

    public Collection<Endpoint> all() {
        return snapshot.endpoints.values();
    }

    /// The enabled endpoints of the message's tenant whose patterns match one of its channels, and its type.
    public Match match(Message message) {
        var now = snapshot;
        var matcher = now.byTenant.get(message.tenant());
        return new Match(now.version, matcher == null ? List.of() : matcher.match(message));
    }

    /// Takes over what has changed.
    ///
    /// @param version at which the store had these changes, and all before
    public void apply(long version, Collection<Endpoint> changed, Collection<EndpointId> deleted) {
        var before = snapshot;
        var endpoints = new HashMap<>(before.endpoints);
        changed.forEach(endpoint -> endpoints.put(endpoint.id(), endpoint));
        deleted.forEach(endpoints::remove);
        var byTenant = new HashMap<String, Matcher.Builder>();
        for (var endpoint : endpoints.values()) {
            if (endpoint.isActive()) {
                byTenant.computeIfAbsent(endpoint.tenant(), _ -> new Matcher.Builder())
                        .add(endpoint);
            }
        }
        var matchers = new HashMap<String, Matcher>();
        byTenant.forEach((tenant, builder) -> matchers.put(tenant, builder.build()));
        snapshot = new Snapshot(version, Map.copyOf(endpoints), Map.copyOf(matchers));
    }
}
