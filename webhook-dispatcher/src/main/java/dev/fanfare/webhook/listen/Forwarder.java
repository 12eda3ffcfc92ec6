package dev.fanfare.webhook.listen;

import dev.fanfare.events.ChannelPattern;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.PayloadForm;
import dev.fanfare.webhook.payload.Payload;
import dev.fanfare.webhook.payload.Payloads;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/// Posts events to the server under development, made and signed as the dispatcher does it. An answer is an answer,
/// whatever its status: it is shown, and the next event follows. A server that does not answer is waited for, as it is
/// restarted all the time. For one thread.
final class Forwarder {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Signature signature;
    private final Endpoint endpoint;
    private final OkHttpClient client;
    private final PrintWriter out;
    private final PrintWriter err;

    /// @param timeout of a request as a whole
    Forwarder(
            Signature signature,
            URI target,
            PayloadForm form,
            Map<String, String> headers,
            Duration timeout,
            PrintWriter out,
            PrintWriter err) {
        this.signature = signature;
        this.out = out;
        this.err = err;
        this.client = new OkHttpClient.Builder()
                .callTimeout(timeout)
                .readTimeout(timeout)
                .followRedirects(false)
                .retryOnConnectionFailure(false)
                .build();
        var plain = EndpointSettings.of(target, List.of(ChannelPattern.parse("**")));
        var settings = new EndpointSettings(
                target,
                plain.channels(),
                plain.eventTypes(),
                form,
                plain.retrySchedule(),
                timeout,
                plain.ratePerSecond(),
                plain.concurrency(),
                plain.ordering(),
                plain.blockMax(),
                plain.ttl(),
                plain.conflate(),
                plain.asymmetric(),
                plain.handshake(),
                headers,
                plain.description(),
                plain.enabled());
        var now = Instant.now();
        this.endpoint = new Endpoint(
                EndpointId.random(),
                Message.DEFAULT_TENANT,
                settings,
                List.of(signature.secret()),
                1,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                now,
                now);
    }

    String secret() {
        return signature.text();
    }

    /// Returns when the server has answered.
    void forward(Message message) throws InterruptedException {
        if (Payloads.isTooLarge(message.event())) {
            err.printf("%s: left out: more than %d bytes, which no webhook has%n", message.id(), Payloads.EVENT_MAX);
            return;
        }
        var payload = Payloads.of(endpoint, List.of(message));
        boolean told = false;
        while (true) {
            long began = System.nanoTime();
            try (var answer = client.newCall(request(payload)).execute()) {
                long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
                out.printf(
                        "%s  %d in %d ms  %s  %s  %s%n",
                        LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
                        answer.code(),
                        millis,
                        message.channels().getFirst(),
                        message.event().type(),
                        message.id());
                return;
            } catch (IOException silent) {
                if (!told) {
                    err.printf(
                            "no answer from %s, trying again: %s%n",
                            endpoint.settings().url(), silent.getMessage());
                    told = true;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    private Request request(Payload payload) {
        var request = new Request.Builder()
                .url(endpoint.settings().url().toString())
                .post(RequestBody.create(payload.body(), (MediaType) null))
                .header("content-type", payload.contentType());
        payload.headers().forEach(request::header);
        signature
                .signer()
                .headers(endpoint, payload.webhookId(), Instant.now(), payload.body())
                .forEach(request::header);
        return request.build();
    }
}
