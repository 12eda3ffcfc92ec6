package dev.fanfare.webhook.lane;

import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.endpoint.Ordering;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which keys have a call running. With [Ordering#NONE], and for events without a key, everything is free.
///
/// Threads: guarded by the lane.
final class Keys {
    private final EndpointId endpoint;
    private final KeyGate gate;
    private final Set<String> busy = new HashSet<>();
    private Ordering ordering;

    Keys(EndpointId endpoint, KeyGate gate, Ordering ordering) {
        this.endpoint = endpoint;
        this.gate = gate;
        this.ordering = ordering;
    }

    /// Keys that are busy stay so until their calls end.
    void order(Ordering by) {
        ordering = by;
    }

    /// What orders the job; null for nothing.
    @Nullable
    String of(Job job) {
        return switch (ordering) {
            case NONE -> null;
            case KEY -> job.message().event().key();
        };
    }

    /// What orders these jobs.
    List<String> of(List<Job> jobs) {
        return ordering == Ordering.NONE
                ? List.of()
                : jobs.stream().map(this::of).filter(Objects::nonNull).toList();
    }

    boolean isFree(Job job) {
        var key = of(job);
        return key == null || !busy.contains(key);
    }

    /// Whether a live job must wait behind one that is parked.
    boolean isBlocked(Job job) {
        var key = of(job);
        return key != null && job.isLive() && gate.isBlocked(endpoint, key);
    }

    /// Whether it may be called in the same batch as those that were taken before.
    boolean mayFollow(Job job) {
        return isFree(job) && !isBlocked(job);
    }

    void take(Job job) {
        var key = of(job);
        if (key != null) {
            busy.add(key);
        }
    }

    void release(String key) {
        busy.remove(key);
    }
}
