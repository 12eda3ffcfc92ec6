package dev.fanfare.gateway.publish;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.fanfare.gateway.config.GatewaySettings.Publish;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.service.http.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Writes events to `publish.topic`, each once: a repeat of an `Idempotency-Key`, or of a CloudEvent's `source` and
/// `id`, gets the first answer for `publish.idempotency` after it. One that comes while the first is under way waits
/// for it; a first that failed is not remembered.
///
/// The memory is this node's own, bounded, and gone with the process: a repeat that reaches another node is written
/// again, with the same `id`.
///
/// Threads: any may [#publish] and is blocked for at most 90 % of `publish.timeout`. A virtual thread per request
/// hands the events to Kafka, which may block longer; the outcome comes on the producer's thread. So what Kafka
/// acknowledges after a caller has given up is still remembered.
public final class Publisher implements AutoCloseable {
    private static final int WAIT_PERCENT = 90;
    private static final Pattern KEY_SHAPE = Pattern.compile("[\\x20-\\x7e]{1,255}");

    private record Identity(String source, String id) {}

    /// @param fingerprint of the request
    private record Answer(String fingerprint, List<Attempt> attempts) {}

    private final Publish settings;
    private final @Nullable EventWriter kafka;
    private final AsyncCache<Identity, Attempt> events;
    private final AsyncCache<String, Answer> requests;

    /// @param kafka null where publishing is off
    Publisher(Publish settings, @Nullable EventWriter kafka, Ticker ticker) {
        this.settings = settings;
        this.kafka = kafka;
        this.events = memory(settings, ticker)
                .maximumSize(settings.idempotencyEntries())
                .buildAsync();
        this.requests = memory(settings, ticker)
                .maximumWeight(settings.idempotencyEntries())
                .weigher((String key, Answer answer) -> answer.attempts().size())
                .buildAsync();
    }

    /// Waits for nothing: Kafka may come later.
    ///
    /// @param kafka handed to the producer; acknowledgements, idempotence and timeouts are the publisher's own
    /// @throws org.apache.kafka.common.config.ConfigException names the Kafka property that is wrong
    public static Publisher open(Map<String, String> kafka, Publish settings) {
        return new Publisher(
                settings, settings.enabled() ? KafkaWriter.open(kafka, settings) : null, Ticker.systemTicker());
    }

    private static Caffeine<Object, Object> memory(Publish settings, Ticker ticker) {
        return Caffeine.newBuilder()
                .expireAfterWrite(settings.idempotency())
                .ticker(ticker)
                .executor(Runnable::run);
    }

    /// The answer to anybody who publishes where publishing is off.
    public static ProblemException off() {
        return new ProblemException(
                ErrorCode.PUBLISHING_OFF, "publishing is off: set 'publish.enabled: true' in the gateway's config");
    }

    /// Writes all events, or says which were not.
    ///
    /// @param idempotencyKey the client's name for this request, if it gave one
    /// @return in the order of `events`
    /// @throws ProblemException nothing is known to be written unless the detail says so
    public List<Receipt> publish(List<Outgoing> outgoing, @Nullable String idempotencyKey) {
        var writer = kafka;
        if (writer == null) {
            throw off();
        }
        if (outgoing.size() > settings.batchMax()) {
            throw tooMany(settings, outgoing.size());
        }
        var wait = settings.timeout().multipliedBy(WAIT_PERCENT).dividedBy(100);
        var deadline = System.nanoTime() + wait.toNanos();
        var attempts = CompletableFuture.completedFuture(outgoing)
                .thenComposeAsync(
                        all -> idempotencyKey == null
                                ? send(writer, all, deadline)
                                : once(idempotencyKey, writer, all, deadline),
                        Thread::startVirtualThread);
        return receipts(await(attempts, deadline, wait));
    }

    static ProblemException tooMany(Publish settings, int events) {
        return new ProblemException(
                ErrorCode.TOO_LARGE,
                "%d events in one request: 'publish.batch-max' is %d, send them in several"
                        .formatted(events, settings.batchMax()));
    }

    private CompletableFuture<List<Attempt>> once(
            String key, EventWriter writer, List<Outgoing> outgoing, long deadline) {
        if (!KEY_SHAPE.matcher(key).matches()) {
            throw new ProblemException(
                    ErrorCode.INVALID_PARAMETER,
                    "Idempotency-Key has %d characters: use 1 to 255 printable ASCII characters, such as a UUID"
                            .formatted(key.length()));
        }
        var fingerprint = Fingerprint.of(outgoing);
        var mine = new CompletableFuture<Answer>();
        var first = requests.asMap().putIfAbsent(key, mine);
        if (first != null) {
            return first.thenApply(answer -> {
                if (!answer.fingerprint().equals(fingerprint)) {
                    throw new ProblemException(
                            ErrorCode.IDEMPOTENCY_KEY_REUSED,
                            "Idempotency-Key '%s' was used for another request: use a new key for each".formatted(key));
                }
                return answer.attempts();
            });
        }
        return send(writer, outgoing, deadline).thenApply(attempts -> {
            if (attempts.stream().anyMatch(Attempt.Failed.class::isInstance)) {
                requests.asMap().remove(key, mine); // before anybody can see that it failed
            }
            mine.complete(new Answer(fingerprint, attempts));
            return attempts;
        });
    }

    /// Everything is handed to Kafka before anything is waited for, so that two requests that share events cannot
    /// wait
    /// for each other. The first that fails at once, or the deadline, ends it: what comes after is not tried.
    private CompletableFuture<List<Attempt>> send(EventWriter writer, List<Outgoing> outgoing, long deadline) {
        var attempts = new ArrayList<CompletableFuture<Attempt>>(outgoing.size());
        @Nullable Attempt stop = null;
        for (var event : outgoing) {
            var mine = new CompletableFuture<Attempt>();
            var identity = identity(event);
            var first = identity == null ? null : events.asMap().putIfAbsent(identity, mine);
            if (first != null) {
                attempts.add(first);
                continue;
            }
            attempts.add(mine);
            if (stop == null && System.nanoTime() - deadline > 0) {
                stop = new Attempt.Failed(new org.apache.kafka.common.errors.TimeoutException("no time left"));
            }
            if (stop == null) {
                writer.send(event, attempt -> settle(identity, mine, attempt));
                stop = mine.getNow(null) instanceof Attempt.Failed failed ? failed : null;
            } else {
                settle(identity, mine, stop);
            }
        }
        return CompletableFuture.allOf(attempts.toArray(CompletableFuture[]::new))
                .thenApply(
                        _ -> attempts.stream().map(CompletableFuture::resultNow).toList());
    }

    private static @Nullable Identity identity(Outgoing event) {
        var source = event.source();
        var id = event.id();
        return source == null || id == null ? null : new Identity(source, id);
    }

    private void settle(@Nullable Identity identity, CompletableFuture<Attempt> mine, Attempt attempt) {
        if (identity != null && attempt instanceof Attempt.Failed) {
            events.asMap().remove(identity, mine); // before anybody can see that it failed
        }
        mine.complete(attempt);
    }

    private static List<Attempt> await(CompletableFuture<List<Attempt>> attempts, long deadline, Duration wait) {
        try {
            return attempts.get(Math.max(0, deadline - System.nanoTime()), NANOSECONDS);
        } catch (TimeoutException late) {
            throw Failures.late(wait);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new ProblemException(ErrorCode.SHUTTING_DOWN, "the gateway stops: publish again, with the same id");
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof ProblemException problem) {
                throw problem;
            }
            throw new IllegalStateException(failure.getCause());
        }
    }

    private static List<Receipt> receipts(List<Attempt> attempts) {
        var receipts = new ArrayList<Receipt>(attempts.size());
        for (var attempt : attempts) {
            switch (attempt) {
                case Attempt.Written(var receipt) -> receipts.add(receipt);
                case Attempt.Failed(var cause) -> throw Failures.of(cause, attempts);
            }
        }
        return receipts;
    }

    @Override
    public void close() {
        if (kafka != null) {
            kafka.close();
        }
    }
}
