package dev.fanfare.load.client;

/// Which events' latencies count: those to be sent from one time until another, in microseconds since 1970.
public record Measured(long fromMicros, long toMicros) {
    public static final Measured NOTHING = new Measured(Long.MAX_VALUE, Long.MAX_VALUE);

    boolean holds(long micros) {
        return micros >= fromMicros && micros < toMicros;
    }
}
