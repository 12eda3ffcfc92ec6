package dev.fanfare.webhook.ingest;

import java.util.concurrent.atomic.LongAdder;

/// What the intake counts. Thread-safe.
public final class IntakeMetrics {
    public final LongAdder records = new LongAdder();
    public final LongAdder undecodable = new LongAdder();
    public final LongAdder unrouted = new LongAdder();
    public final LongAdder unmatched = new LongAdder();
    public final LongAdder jobs = new LongAdder();
    public final LongAdder rematched = new LongAdder();
    public final LongAdder commits = new LongAdder();
    public final LongAdder lostRanges = new LongAdder();
}
