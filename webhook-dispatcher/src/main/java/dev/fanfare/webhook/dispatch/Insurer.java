package dev.fanfare.webhook.dispatch;

import dev.fanfare.webhook.journal.Journal;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Watches the calls under way, and insures those that take longer than a second.
///
/// Threads: one of its own looks at all of them four times a second; any begins and ends calls.
final class Insurer implements AutoCloseable {
    static final Duration AFTER = Duration.ofSeconds(1);
    private static final Duration ROUND = Duration.ofMillis(250);

    private final Journal journal;
    private final Set<Running> calls = ConcurrentHashMap.newKeySet();
    private final Thread thread = Thread.ofPlatform().name("insurer").daemon().unstarted(this::run);

    Insurer(Journal journal) {
        this.journal = journal;
        thread.start();
    }

    void begin(Running call) {
        calls.add(call);
    }

    void end(Running call) {
        calls.remove(call);
        call.end();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(ROUND);
                long before = System.nanoTime() - AFTER.toNanos();
                for (var call : calls) {
                    if (call.startedNanos - before < 0) {
                        call.insure(journal);
                    }
                }
            }
        } catch (InterruptedException stop) {
            // closed
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
