package dev.fanfare.webhook.http;

import com.github.benmanes.caffeine.cache.AsyncCacheLoader;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;

/// Looks up names, with a limit on everything: a lookup blocks its thread in native code for as long as a name server
/// likes, so that receivers with slow ones would hold up all others.
///
/// A few threads do the lookups, one a name at a time; a caller waits no longer than its call may take. What was found
/// is used for up to five minutes, and asked for again in the background after half a minute: while name servers are
/// slow or away, names that were known stay known.
///
/// Threads: any may look up.
final class Names implements Dns, AutoCloseable {
    private static final int THREADS = 16;
    private static final int WAITING_MAX = 1024;
    private static final int KEPT_MAX = 16_384;
    private static final Duration FRESH = Duration.ofSeconds(30);
    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final Duration UNKNOWN_KEPT = Duration.ofSeconds(5);

    private final Lookup lookup;
    private final ThreadPoolExecutor threads;
    private final AsyncLoadingCache<String, Found> found;

    Names(Lookup lookup) {
        this.lookup = lookup;
        threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(WAITING_MAX),
                Thread.ofPlatform().daemon().name("webhook-dns-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
        found = Caffeine.newBuilder()
                .maximumSize(KEPT_MAX)
                .refreshAfterWrite(FRESH)
                .expireAfter(Expiry.<String, Found>writing(
                        (_, one) -> Duration.ofNanos(Math.max(one.until() - System.nanoTime(), 0))))
                .buildAsync(new Loader());
    }

    /// The system's lookup, or a test's.
    @FunctionalInterface
    interface Lookup {
        InetAddress[] of(String host) throws UnknownHostException;
    }

    @Override
    public List<InetAddress> lookup(String host) throws UnknownHostException {
        List<InetAddress> addresses;
        try {
            addresses = found.get(host)
                    .get(CallTrace.remaining().toNanos(), TimeUnit.NANOSECONDS)
                    .addresses();
        } catch (TimeoutException slow) {
            throw new UnknownHostException("The name server did not answer in time.");
        } catch (RejectedExecutionException | ExecutionException overloaded) {
            throw new UnknownHostException("Too many names are being looked up.");
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException("interrupted");
        }
        if (addresses.isEmpty()) {
            throw new UnknownHostException("The host's name has no address.");
        }
        return addresses;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /// @param addresses none if the name has none
    /// @param until when it is forgotten, by [System#nanoTime]
    private record Found(List<InetAddress> addresses, long until) {}

    private final class Loader implements AsyncCacheLoader<String, Found> {
        @Override
        public CompletableFuture<Found> asyncLoad(String host, Executor unused) {
            return CompletableFuture.supplyAsync(() -> resolve(host), threads);
        }

        /// Keeps what was found until its time is over.
        @Override
        public CompletableFuture<Found> asyncReload(String host, Found old, Executor unused) {
            return asyncLoad(host, unused).thenApply(fresh -> fresh.addresses().isEmpty() ? old : fresh);
        }

        private Found resolve(String host) {
            try {
                return new Found(List.of(lookup.of(host)), System.nanoTime() + KEPT.toNanos());
            } catch (UnknownHostException none) {
                return new Found(List.of(), System.nanoTime() + UNKNOWN_KEPT.toNanos());
            }
        }
    }
}
