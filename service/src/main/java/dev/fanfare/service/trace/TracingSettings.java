package dev.fanfare.service.trace;

import java.time.Duration;
import java.util.Optional;

/// Whether traces are made, of how much, and where they go.
///
/// @param endpoint URL that takes OTLP over HTTP, as in `http://collector:4318/v1/traces`; none: nothing is traced
/// @param perMillion of what nobody has decided about yet, so many of a million are traced
/// @param headersFile lines such as `Authorization: Bearer …`, sent along
/// @param interval how often spans are sent
public record TracingSettings(
        Optional<String> endpoint, int perMillion, Optional<String> headersFile, Duration interval) {
    public static final TracingSettings DEFAULT =
            new TracingSettings(Optional.empty(), 10_000, Optional.empty(), Duration.ofSeconds(5));
}
