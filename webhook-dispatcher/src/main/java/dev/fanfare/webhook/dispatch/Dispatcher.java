package dev.fanfare.webhook.dispatch;

import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.delivery.Attempt;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Job;
import dev.fanfare.webhook.delivery.ParkReason;
import dev.fanfare.webhook.delivery.Reason;
import dev.fanfare.webhook.delivery.Result;
import dev.fanfare.webhook.delivery.Timings;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.http.Request;
import dev.fanfare.webhook.http.Sender;
import dev.fanfare.webhook.journal.Disposition;
import dev.fanfare.webhook.journal.Entry;
import dev.fanfare.webhook.journal.Journal;
import dev.fanfare.webhook.lane.Deliverer;
import dev.fanfare.webhook.payload.Payloads;
import dev.fanfare.webhook.signing.Signer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Makes calls: the event in the endpoint's form, signed, sent, judged, written to the journal. Thread-safe.
public final class Dispatcher implements Deliverer, AutoCloseable {
    /// After a call's timeout, until what was insured may be sent by somebody else.
    private static final Duration MARGIN = Duration.ofSeconds(15);

    /// From how many calls at a time on HTTP/2 is offered.
    private static final int HTTP2_FROM = 16;

    private final Sender sender;
    private final Signer signer;
    private final Journal journal;
    private final Judge judge;
    private final Insurer insurer;
    private final DispatchMetrics metrics;
    private final BiConsumer<Job, Endpoint> parked;
    private final String origin;
    private final @Nullable AttemptTracing tracing;
    private final InstantSource clock = InstantSource.system();

    /// Begins.
    ///
    /// @param rules that hold for all endpoints
    /// @param parked told of each job before its retry is written, so that later events of its key wait
    /// @param tracing null: nothing is traced
    public Dispatcher(
            Sender sender,
            Signer signer,
            Journal journal,
            WebhookSettings.Endpoint rules,
            DispatchMetrics metrics,
            BiConsumer<Job, Endpoint> parked,
            @Nullable AttemptTracing tracing) {
        this.sender = sender;
        this.signer = signer;
        this.journal = journal;
        this.judge = new Judge(new RetryPolicy(RandomGenerator.getDefault()), rules.disableAfter());
        this.insurer = new Insurer(journal);
        this.metrics = metrics;
        this.parked = parked;
        this.origin = rules.origin();
        this.tracing = tracing;
    }

    @Override
    public Result deliver(List<Job> jobs, Endpoint endpoint) {
        var at = clock.instant();
        var timeout = endpoint.settings().timeout();
        var call = new Running(jobs, System.nanoTime(), at.plus(timeout).plus(MARGIN));
        insurer.begin(call);
        try {
            var result = tracing == null ? send(jobs, endpoint, at, null) : traced(tracing, jobs, endpoint, at);
            insurer.end(call);
            metrics.called(result);
            for (var job : jobs) {
                conclude(job, endpoint, at, result);
            }
            return result;
        } catch (InterruptedException stopping) {
            insurer.end(call);
            Thread.currentThread().interrupt();
            var unknown =
                    Result.without(Reason.CONNECTION_LOST, "The dispatcher stopped during the call.", Timings.NONE);
            for (var job : jobs) {
                parked.accept(job, endpoint);
                journal.write(
                        Entry.of(job, new Disposition.Parked(ParkReason.STOPPING, clock.instant(), job.attempt())));
            }
            return unknown;
        } finally {
            insurer.end(call);
        }
    }

    private Result traced(AttemptTracing tracing, List<Job> jobs, Endpoint endpoint, Instant at)
            throws InterruptedException {
        var span = tracing.begin(jobs, endpoint, at);
        var result = Result.without(Reason.CONNECTION_LOST, "", Timings.NONE); // if it is interrupted
        try {
            result = send(jobs, endpoint, at, headers -> tracing.tell(span, headers));
            return result;
        } finally {
            tracing.end(span, result);
        }
    }

    /// @param more changes the headers
    private Result send(List<Job> jobs, Endpoint endpoint, Instant at, @Nullable Consumer<Map<String, String>> more)
            throws InterruptedException {
        Request request;
        try {
            var payload = Payloads.of(endpoint, jobs.stream().map(Job::message).toList());
            var headers = new HashMap<>(payload.headers());
            if (more != null) {
                more.accept(headers);
            }
            headers.put("content-type", payload.contentType());
            if (endpoint.settings().handshake()) {
                // CloudEvents, HTTP 1.1 Web Hooks §2.1: whoever consented sees whom it consented to
                headers.put("origin", origin);
            }
            headers.putAll(signer.headers(endpoint, payload.webhookId(), at, payload.body()));
            request = new Request(
                    endpoint.settings().url(),
                    headers,
                    payload.body(),
                    endpoint.settings().timeout(),
                    endpoint.settings().concurrency() >= HTTP2_FROM);
        } catch (RuntimeException fault) {
            // no secret is in these messages: see KeyRing and Payloads
            return Result.without(Reason.NOT_SENDABLE, String.valueOf(fault.getMessage()), Timings.NONE);
        }
        return sender.send(request);
    }

    private void conclude(Job job, Endpoint endpoint, Instant at, Result result) {
        var attempt = new Attempt(job.id(), job.attempt(), job.trigger(), at, result);
        var now = clock.instant();
        var verdict = judge.judge(attempt, endpoint, now);
        if (verdict.disposition() instanceof Disposition.Parked) {
            parked.accept(job, endpoint);
        }
        metrics.concluded(job, verdict.disposition(), now);
        journal.write(new Entry(job, Optional.of(attempt), verdict.disposition(), verdict.effects(), verdict.news()));
    }

    /// Forgets an endpoint that is no more.
    public void forget(EndpointId endpoint) {
        judge.forget(endpoint);
    }

    @Override
    public void close() {
        insurer.close();
    }
}
