package dev.fanfare.load.run;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/// What goes on beside the thread of a run, and waiting for it.
final class Aside {
    private static final Duration LOOK = Duration.ofMillis(20);

    private Aside() {}

    static <T> CompletableFuture<T> start(String name, Callable<T> task) {
        var done = new CompletableFuture<T>();
        Thread.ofPlatform().name(name).daemon().start(() -> {
            try {
                done.complete(task.call());
            } catch (Exception failure) {
                done.completeExceptionally(failure);
            }
        });
        return done;
    }

    /// Fails when the task does, and never completes normally.
    static CompletableFuture<Boolean> failure(CompletableFuture<?> task) {
        var failed = new CompletableFuture<Boolean>();
        var _ = task.whenComplete((_, why) -> {
            if (why != null) {
                failed.completeExceptionally(why);
            }
        });
        return failed;
    }

    /// @throws IllegalStateException if it has failed
    static <T> T finish(String what, CompletableFuture<T> task) throws InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException(what + " failed: " + failure.getCause(), failure);
        }
    }

    /// Returns also if it does not come to be in time.
    static void await(Duration limit, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
            Thread.sleep(LOOK);
        }
    }
}
