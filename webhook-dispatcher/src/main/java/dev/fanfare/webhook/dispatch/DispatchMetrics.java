package dev.fanfare.webhook.dispatch;

import dev.fanfare.service.observe.Histogram;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Trigger;
import dev.fanfare.webhook.journal.Disposition;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/// What came of calls and deliveries. Thread-safe.
public final class DispatchMetrics {
    private static final List<Duration> FROM_RECORD = bounds(
            10,
            20,
            50,
            100,
            200,
            500,
            1000,
            2000,
            5000,
            10_000,
            30_000,
            60_000,
            300_000,
            1_800_000,
            7_200_000,
            86_400_000);

    private final Map<Reason, LongAdder> calls = new EnumMap<>(Reason.class);
    public final LongAdder delivered = new LongAdder();
    public final LongAdder retries = new LongAdder();
    public final Histogram callTime =
            new Histogram(bounds(5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 30_000));
    public final Histogram firstTime = new Histogram(FROM_RECORD);
    public final Histogram laterTime = new Histogram(FROM_RECORD);

    public DispatchMetrics() {
        for (var reason : Reason.values()) {
            calls.put(reason, new LongAdder());
        }
    }

    private static List<Duration> bounds(int... millis) {
        return Arrays.stream(millis).mapToObj(Duration::ofMillis).toList();
    }

    /// Calls that came to this.
    public LongAdder calls(Reason reason) {
        return Objects.requireNonNull(calls.get(reason));
    }

    void called(Result result) {
        calls(result.reason()).increment();
        callTime.record(result.timings().total(), 1);
    }

    /// @param at when the attempt was acknowledged, if it was
    void concluded(Job job, Disposition disposition, Instant at) {
        switch (disposition) {
            case Disposition.Delivered() -> {
                delivered.increment();
                long since = job.message().event().timestamp();
                if (job.trigger() == Trigger.SCHEDULE && since >= 0) { // what people ask for again is old
                    (job.attempt() == 1 ? firstTime : laterTime).record(at.toEpochMilli() - since, 1);
                }
            }
            case Disposition.Parked _ -> retries.increment();
            case Disposition.Ended _ -> {
                // the journal counts these: most end without a call
            }
        }
    }
}
