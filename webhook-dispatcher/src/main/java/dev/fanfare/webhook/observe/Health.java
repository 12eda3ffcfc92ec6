package dev.fanfare.webhook.observe;

import dev.fanfare.webhook.ingest.Intake;
import dev.fanfare.webhook.store.SqlJournal;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import io.helidon.webserver.observe.health.HealthObserver;
import java.util.function.BooleanSupplier;

/// `/health/live`, `/health/ready` and `/health/started`.
public final class Health {
    private Health() {}

    /// The checks behind these paths. Ready is a dispatcher that delivers: which partitions it has is Kafka's choice,
    /// so one without any is ready too.
    ///
    /// @param closing whether the dispatcher is being stopped
    public static HealthObserver observer(Intake intake, SqlJournal journal, BooleanSupplier closing) {
        return HealthObserver.builder()
                .useSystemServices(false)
                .details(true)
                .addCheck(
                        () -> HealthCheckResponse.builder().status(true).build(),
                        HealthCheckType.LIVENESS,
                        "dispatcher")
                .addCheck(
                        () -> HealthCheckResponse.builder()
                                .status(intake.isKafkaReachable())
                                .build(),
                        HealthCheckType.STARTUP,
                        "kafka")
                .addCheck(
                        () -> HealthCheckResponse.builder()
                                .status(intake.isKafkaReachable() && !journal.isAway() && !closing.getAsBoolean())
                                .detail("kafkaReachable", intake.isKafkaReachable())
                                .detail("reading", intake.isReading())
                                .detail("storeReachable", !journal.isAway())
                                .detail("stopping", closing.getAsBoolean())
                                .build(),
                        HealthCheckType.READINESS,
                        "dispatcher")
                .build();
    }
}
