package dev.fanfare.load.run;

import dev.fanfare.load.check.Micros;
import dev.fanfare.load.client.Clients;
import dev.fanfare.load.report.Outcome;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// The CPU time of the loops, of this process and of the server, within a stretch of time.
final class Usage {
    private final Clients clients;
    private final OptionalLong serverProcess;
    private double loopCpu;
    private double processCpu;
    private double serverSeconds;
    private double receiptsPerCpuSecond;

    private record Sample(long nanos, long receipts, List<Long> loops, Duration process, Duration server) {}

    Usage(Clients clients, OptionalLong serverProcess) {
        this.clients = clients;
        this.serverProcess = serverProcess;
    }

    /// Returns when the stretch is over.
    void measure(long fromMicros, long toMicros) throws InterruptedException {
        sleepUntil(fromMicros);
        var before = sample();
        sleepUntil(toMicros);
        var after = sample();
        double nanos = after.nanos - before.nanos;
        double loopSeconds = 0;
        for (int i = 0; i < before.loops.size(); i++) {
            long taken = after.loops.get(i) - before.loops.get(i);
            loopCpu = Math.max(loopCpu, taken / nanos);
            loopSeconds += taken / 1e9;
        }
        receiptsPerCpuSecond = (after.receipts - before.receipts) / Math.max(loopSeconds, 1e-9);
        processCpu = after.process.minus(before.process).toNanos() / nanos;
        serverSeconds = after.server.minus(before.server).toNanos() / 1e9;
    }

    Outcome.Self self() {
        return new Outcome.Self(loopCpu, processCpu, receiptsPerCpuSecond, clients.delay());
    }

    Optional<Outcome.Server> server() {
        return serverProcess.isPresent() ? Optional.of(new Outcome.Server(serverSeconds)) : Optional.empty();
    }

    private Sample sample() {
        return new Sample(
                System.nanoTime(),
                clients.count().receipts(),
                Collections.unmodifiableList(clients.cpuNanos()),
                cpu(ProcessHandle.current()),
                serverCpu());
    }

    /// Of a server also that of its children: a process each is how some of them work.
    private Duration serverCpu() {
        var process = serverProcess.isPresent()
                ? ProcessHandle.of(serverProcess.getAsLong())
                : Optional.<ProcessHandle>empty();
        return process.stream()
                .flatMap(server -> Stream.concat(Stream.of(server), server.descendants()))
                .map(Usage::cpu)
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static void sleepUntil(long micros) throws InterruptedException {
        long left = micros - Micros.now();
        if (left > 0) {
            Thread.sleep(Duration.ofNanos(left * 1000));
        }
    }
}
