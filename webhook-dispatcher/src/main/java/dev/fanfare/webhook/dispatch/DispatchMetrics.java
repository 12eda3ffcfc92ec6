package dev.fanfare.webhook.dispatch;

import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.journal.Disposition;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// What came of calls and deliveries. Thread-safe.
public final class DispatchMetrics {
    private final Map<Reason, LongAdder> calls = new EnumMap<>(Reason.class);
    public final LongAdder callMillis = new LongAdder();
    public final LongAdder delivered = new LongAdder();
    public final LongAdder retries = new LongAdder();
    public final LongAdder deadLetters = new LongAdder();
    public final LongAdder ended = new LongAdder();

    public DispatchMetrics() {
        for (var reason : Reason.values()) {
            calls.put(reason, new LongAdder());
        }
    }

    /// Calls that came to this.
    public LongAdder calls(Reason reason) {
        return calls.getOrDefault(reason, callMillis);
    }

    void called(Result result) {
        calls(result.reason()).increment();
        callMillis.add(result.timings().total());
    }

    void concluded(Disposition disposition) {
        switch (disposition) {
            case Disposition.Delivered() -> delivered.increment();
            case Disposition.Parked _ -> retries.increment();
            case Disposition.Ended(var _, var deadLetter) -> (deadLetter ? deadLetters : ended).increment();
        }
    }
}
