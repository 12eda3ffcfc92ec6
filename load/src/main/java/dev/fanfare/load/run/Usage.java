package dev.fanfare.load.run;

import dev.fanfare.load.check.Micros;
import dev.fanfare.load.client.Clients;
import dev.fanfare.load.report.Outcome;
import dev.fanfare.load.watch.ServerWatch;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

/// The CPU time of the loops and of this process within a stretch of time; has the server watched in the same.
final class Usage {
    private final Clients clients;
    private final ServerWatch server;
    private double loopCpu;
    private double processCpu;
    private double receiptsPerCpuSecond;

    private record Sample(long nanos, long receipts, List<Long> loops, Duration process) {}

    Usage(Clients clients, ServerWatch server) {
        this.clients = clients;
        this.server = server;
    }

    /// Returns when the stretch is over.
    void measure(long fromMicros, long toMicros) throws InterruptedException {
        sleepUntil(fromMicros);
        server.begin();
        var before = sample();
        sleepUntil(toMicros);
        var after = sample();
        server.end();
        double nanos = after.nanos - before.nanos;
        double loopSeconds = 0;
        for (int i = 0; i < before.loops.size(); i++) {
            long taken = after.loops.get(i) - before.loops.get(i);
            loopCpu = Math.max(loopCpu, taken / nanos);
            loopSeconds += taken / 1e9;
        }
        receiptsPerCpuSecond = (after.receipts - before.receipts) / Math.max(loopSeconds, 1e-9);
        processCpu = after.process.minus(before.process).toNanos() / nanos;
    }

    Outcome.Self self() {
        return new Outcome.Self(loopCpu, processCpu, receiptsPerCpuSecond, clients.delay());
    }

    private Sample sample() {
        return new Sample(
                System.nanoTime(),
                clients.count().receipts(),
                Collections.unmodifiableList(clients.cpuNanos()),
                ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO));
    }

    private static void sleepUntil(long micros) throws InterruptedException {
        long left = micros - Micros.now();
        if (left > 0) {
            Thread.sleep(Duration.ofNanos(left * 1000));
        }
    }
}
