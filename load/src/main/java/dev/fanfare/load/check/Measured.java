package dev.fanfare.load.check;

/// Which events' latencies count: those to be sent from one time until another, in microseconds since 1970.
public record Measured(long fromMicros, long toMicros) {
    public static final Measured NOTHING = new Measured(Long.MAX_VALUE, Long.MAX_VALUE);

    public boolean holds(long micros) {
        return micros >= fromMicros && micros < toMicros;
    }
}
