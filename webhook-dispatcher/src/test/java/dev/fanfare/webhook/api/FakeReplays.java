package dev.fanfare.webhook.api;

import dev.fanfare.webhook.endpoint.Endpoint;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Replays that never get on by themselves.
final class FakeReplays implements Replays {
    final Map<String, Status> byId = new LinkedHashMap<>();

    @Override
    public Status start(String id, Endpoint endpoint, Request request) {
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
        return byId.values().stream().limit(limit).toList();
    }

    @Override
    public Optional<Status> find(Endpoint endpoint, String id) {
        return Optional.ofNullable(byId.get(id));
    }

    @Override
    public Optional<Status> cancel(Endpoint endpoint, String id) {
        return Optional.ofNullable(byId.computeIfPresent(
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
