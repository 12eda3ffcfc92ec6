package dev.fanfare.service.access;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A JSON Web Key Set behind a URL. Fetched at start, again when it is older than [Times#refresh] and asked for, and
/// when a token names a key that is not in it: at most once in [Times#unknown], whatever is sent. Who comes meanwhile
/// waits for the same fetch. While the issuer is away the last keys stay in use, and a circuit breaker keeps callers
/// from waiting for it.
///
/// Threads: any may ask; fetches run on virtual threads of their own.
final class RemoteKeys implements Keys {
    private static final System.Logger LOG = System.getLogger(RemoteKeys.class.getName());
    private static final int BYTES_MAX = 256 << 10;
    private static final Executor VIRTUAL = Thread::startVirtualThread;

    /// @param refresh when keys are fetched anew
    /// @param unknown how often an unknown key may have them fetched anew
    /// @param fetch how long one fetch may take
    record Times(Duration refresh, Duration unknown, Duration fetch) {
        static final Times DEFAULT = new Times(Duration.ofMinutes(5), Duration.ofSeconds(5), Duration.ofSeconds(3));
    }

    private final URI url;
    private final Times times;
    private final HttpClient http;
    private final CircuitBreaker breaker;
    private final AsyncLoadingCache<URI, KeySet> cache;
    private volatile @Nullable KeySet newest; // the cache has it a moment after those who wait for it
    private final AtomicBoolean away = new AtomicBoolean(); // whether the last fetch failed
    private @Nullable CompletableFuture<KeySet> asked; // for an unknown key; guarded by this, as is the next
    private long askedNanos;

    RemoteKeys(URI url, Times times) {
        this.url = url;
        this.times = times;
        this.http = HttpClient.newBuilder()
                .connectTimeout(times.fetch())
                .executor(VIRTUAL)
                .build();
        this.breaker = CircuitBreaker.of(
                "keys",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(4)
                        .minimumNumberOfCalls(2)
                        .waitDurationInOpenState(times.fetch())
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .build());
        this.cache = Caffeine.newBuilder()
                .refreshAfterWrite(times.refresh())
                .executor(VIRTUAL)
                .buildAsync(new CacheLoader<URI, KeySet>() {
                    @Override
                    @SuppressWarnings("NullAway") // null: nothing is kept. What is thrown the cache would log
                    public @Nullable KeySet load(URI from) throws InterruptedException {
                        return fetch();
                    }

                    @Override
                    public KeySet reload(URI from, KeySet last) throws InterruptedException {
                        return Objects.requireNonNullElse(fetch(), last);
                    }
                });
        var _ = cache.get(url); // so that the first caller does not wait
    }

    @Override
    public List<VerificationKey> find(Optional<String> id) {
        var cached = cache.get(url); // has them fetched anew if they are old
        var last = newest;
        var known = last == null ? await(cached) : last;
        if (id.isEmpty() || known.has(id.get())) {
            return known.find(id);
        }
        var newer = fetchFor();
        if (newer != null) {
            await(newer);
        }
        known = Objects.requireNonNullElse(newest, known); // also what another caller had fetched just now
        var found = known.find(id);
        if (found.isEmpty() && away.get()) {
            throw keysAway();
        }
        return found;
    }

    /// Null if that was tried a moment ago.
    private synchronized @Nullable CompletableFuture<KeySet> fetchFor() {
        long now = System.nanoTime();
        var last = asked;
        if (last != null && !last.isDone()) {
            return last;
        }
        if (last != null && now - askedNanos < times.unknown().toNanos()) {
            return null;
        }
        askedNanos = now;
        last = cache.synchronous().refresh(url);
        asked = last;
        return last;
    }

    private KeySet await(CompletableFuture<KeySet> keys) {
        try {
            var fetched = keys.get(2 * times.fetch().toMillis(), TimeUnit.MILLISECONDS);
            if (fetched == null) {
                throw keysAway();
            }
            return fetched;
        } catch (ExecutionException | TimeoutException failed) {
            throw keysAway();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw keysAway();
        }
    }

    private static TokenException keysAway() {
        return new TokenException(
                TokenFault.KEYS_AWAY, "the keys of the token's issuer cannot be had now: come back in a moment");
    }

    /// Null if they cannot be had; that is told when it begins, and when it is over.
    private @Nullable KeySet fetch() throws InterruptedException {
        try {
            var keys = breaker.executeCallable(this::download);
            newest = keys;
            if (away.compareAndSet(true, false)) {
                LOG.log(System.Logger.Level.INFO, "the keys at {0} can be had again", url);
            }
            return keys;
        } catch (InterruptedException stopping) {
            throw stopping;
        } catch (Exception failed) {
            if (away.compareAndSet(false, true)) {
                LOG.log(System.Logger.Level.WARNING, "the keys at {0} cannot be had: {1}", url, failed.toString());
            }
            return null;
        }
    }

    private KeySet download() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(url)
                .timeout(times.fetch())
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
        var response = http.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), BYTES_MAX));
        if (response.statusCode() != 200) {
            throw new IOException("the answer has status " + response.statusCode());
        }
        try {
            return KeySet.ofJwks(new String(response.body(), StandardCharsets.UTF_8), false);
        } catch (IllegalArgumentException noKeys) {
            throw new IOException("the answer " + noKeys.getMessage());
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
