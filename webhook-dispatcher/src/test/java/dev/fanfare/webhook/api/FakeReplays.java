package dev.fanfare.webhook.api;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.endpoint.Endpoint;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Replays that never get on by themselves.
final class FakeReplays implements Replays {
    final Map<String, Status> byId = new LinkedHashMap<>();
    private final Map<String, EndpointId> endpoints = new HashMap<>();

    @Override
    public Status start(String id, Endpoint endpoint, Request request) {
        endpoints.putIfAbsent(id, endpoint.id());
        return byId.computeIfAbsent(
                id,
                _ -> new Status(
                        id,
                        "running",
                        "",
                        request,
                        0,
                        0,
                        Instant.parse("2026-11-20T08:00:00Z"),
                        Instant.parse("2026-11-20T08:00:00Z")));
    }

    @Override
    public List<Status> list(Endpoint endpoint, int limit) {
        return byId.values().stream()
                .filter(one -> isOf(endpoint, one.id()))
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<Status> find(Endpoint endpoint, String id) {
        return Optional.ofNullable(byId.get(id)).filter(_ -> isOf(endpoint, id));
    }

    private boolean isOf(Endpoint endpoint, String id) {
        return endpoint.id().equals(endpoints.get(id));
    }

    @Override
    public Optional<Status> cancel(Endpoint endpoint, String id) {
        return find(endpoint, id)
                .map(_ -> byId.computeIfPresent(
                        id,
                        (_, was) -> new Status(
                                id,
                                "cancelled",
                                "",
                                was.request(),
                                was.matched(),
                                was.queued(),
                                was.createdAt(),
                                was.updatedAt())));
    }
}
