package dev.fanfare.load.run;

import dev.fanfare.load.check.Micros;
import dev.fanfare.load.report.Outcome;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// The CPU time of the loops, of this process and of the server, within a stretch of time.
final class Usage {
    private final Loops loops;
    private final OptionalLong serverProcess;
    private double loopCpu;
    private double processCpu;
    private double serverSeconds;
    private double receiptsPerCpuSecond;

    private record Sample(long nanos, long receipts, List<Long> loops, Duration process, Duration server) {}

    /// What is measured of the loops.
    ///
    /// @param cpuNanos of each thread, so far
    /// @param receipts so far
    /// @param delay of a timer in each, in microseconds
    record Loops(Supplier<List<Long>> cpuNanos, LongSupplier receipts, Supplier<Histogram> delay) {}

    Usage(Loops loops, OptionalLong serverProcess) {
        this.loops = loops;
        this.serverProcess = serverProcess;
    }

    /// Returns when the stretch is over.
    ///
    /// @param failure completes exceptionally when there is nothing to measure any more
    void measure(long fromMicros, long toMicros, CompletableFuture<?> failure) throws InterruptedException {
        await(fromMicros, failure);
        var before = sample();
        await(toMicros, failure);
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
        return new Outcome.Self(loopCpu, processCpu, receiptsPerCpuSecond, loops.delay.get());
    }

    Optional<Outcome.Server> server() {
        return serverProcess.isPresent() ? Optional.of(new Outcome.Server(serverSeconds)) : Optional.empty();
    }

    private Sample sample() {
        return new Sample(
                System.nanoTime(),
                loops.receipts.getAsLong(),
                Collections.unmodifiableList(loops.cpuNanos.get()),
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

    private static void await(long micros, CompletableFuture<?> failure) throws InterruptedException {
        try {
            failure.get(Math.max(0, micros - Micros.now()), TimeUnit.MICROSECONDS);
        } catch (TimeoutException due) {
            return;
        } catch (ExecutionException failed) {
            throw new IllegalStateException("publishing failed: " + failed.getCause(), failed);
        }
    }
}
