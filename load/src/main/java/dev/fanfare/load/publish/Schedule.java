package dev.fanfare.load.publish;

import java.time.Duration;

/// When each event is to be sent, whatever becomes of those before it: an open loop. Channels take turns.
///
/// @param startMicros when the first one is, in microseconds since 1970
/// @param perSecond events on all channels together
public record Schedule(long startMicros, double perSecond, Duration duration, int channels) {
    public long count() {
        return Math.max(1, (long) (perSecond * duration.toNanos() / 1e9));
    }

    public long micros(long event) {
        return startMicros + (long) (event * 1e6 / perSecond);
    }

    public int channel(long event) {
        return (int) (event % channels);
    }

    public long sequence(long event) {
        return event / channels;
    }

    public long endMicros() {
        return micros(count());
    }
}
