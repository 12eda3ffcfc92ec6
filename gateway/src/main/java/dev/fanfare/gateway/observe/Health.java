package dev.fanfare.gateway.observe;

import dev.fanfare.gateway.ingest.Feed;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import io.helidon.webserver.observe.health.HealthObserver;
import java.util.function.BooleanSupplier;

/// `/health/live`, `/health/ready` and `/health/started`.
public final class Health {
    private Health() {}

    /// The checks behind these paths.
    ///
    /// @param revocations whether those that were there at start are known
    /// @param stopping whether the gateway is being stopped
    public static HealthObserver observer(Feed feed, BooleanSupplier revocations, BooleanSupplier stopping) {
        return HealthObserver.builder()
                .useSystemServices(false)
                .details(true)
                .addCheck(() -> status(true), HealthCheckType.LIVENESS, "gateway")
                .addCheck(() -> status(feed.isReady() && revocations.getAsBoolean()), HealthCheckType.STARTUP, "feed")
                .addCheck(
                        () -> HealthCheckResponse.builder()
                                .status(feed.isReady()
                                        && revocations.getAsBoolean()
                                        && feed.isKafkaReachable()
                                        && !stopping.getAsBoolean())
                                .detail("feedReady", feed.isReady())
                                .detail("kafkaReachable", feed.isKafkaReachable())
                                .detail("revocationsReady", revocations.getAsBoolean())
                                .detail("stopping", stopping.getAsBoolean())
                                .build(),
                        HealthCheckType.READINESS,
                        "feed")
                .build();
    }

    private static HealthCheckResponse status(boolean up) {
        return HealthCheckResponse.builder().status(up).build();
    }
}
