package dev.fanfare.webhook.lane;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.function.LongSupplier;

/// What lanes know of time.
///
/// @param nanos as [System#nanoTime]
/// @param wall what endpoints' pauses are told in
public record Time(LongSupplier nanos, InstantSource wall) {
    public static final Time SYSTEM = new Time(System::nanoTime, InstantSource.system());

    long now() {
        return nanos.getAsLong();
    }

    /// One that nobody sets, unlike the wall's.
    Clock monotone() {
        InstantSource source = () -> Instant.ofEpochSecond(0, nanos.getAsLong());
        return source.withZone(ZoneOffset.UTC);
    }
}
