package dev.fanfare.gateway.limits;

import java.util.function.LongSupplier;

/// How much one WebSocket's client may say: so many messages a second. Those beyond are refused, and count too, so that
/// whoever goes on in spite of that is found out.
public final class MessageRate {
    private static final long SECOND = 1_000_000_000L;

    private final long perSecond;
    private final LongSupplier nanos;
    private final LimitMetrics metrics;
    private final Bucket bucket;

    /// What becomes of a message.
    public enum Verdict {
        /// It is taken.
        FINE,
        /// It is refused.
        TOO_MANY,
        /// As many as a second's worth were refused: the client is not listening.
        ENOUGH
    }

    MessageRate(long perSecond, LongSupplier nanos, LimitMetrics metrics) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.metrics = metrics;
        this.bucket = new Bucket(nanos.getAsLong());
    }

    /// One more has come.
    public Verdict next() {
        if (perSecond == 0) {
            return Verdict.FINE;
        }
        long beyond = bucket.spend(1, perSecond, nanos.getAsLong());
        if (beyond == 0) {
            return Verdict.FINE;
        }
        metrics.refused(Limit.MESSAGES).increment();
        return beyond > SECOND ? Verdict.ENOUGH : Verdict.TOO_MANY;
    }
}
