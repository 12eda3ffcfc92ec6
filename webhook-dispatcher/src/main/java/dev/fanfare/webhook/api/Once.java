package dev.fanfare.webhook.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.store.Unit;
import dev.fanfare.webhook.store.Writes;
import dev.fanfare.webhook.store.Writes.Claim;
import dev.fanfare.webhook.store.Writes.Outcome;
import dev.fanfare.webhook.store.Writes.Reply;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Requests that change something, done once for each `Idempotency-Key`: the same request again gets the same answer,
/// with `Idempotency-Replayed: true`, for 24 hours. Refusals are not kept: who corrects the request may keep the key.
final class Once {
    static final HeaderName KEY = HeaderNames.create("Idempotency-Key");
    static final HeaderName REPLAYED = HeaderNames.create("Idempotency-Replayed");

    private static final Pattern SHAPE = Pattern.compile("[\\x21-\\x7e]{1,128}");

    private final Writes writes;

    Once(Writes writes) {
        this.writes = writes;
    }

    /// What this very request, and the body that was read of it, is known by; empty if it carries no key.
    Optional<Claim> claim(ServerRequest request, Caller caller, byte[] body) {
        return request.headers().first(KEY).map(key -> {
            if (!SHAPE.matcher(key).matches()) {
                throw new ProblemException(
                        ApiCode.MALFORMED_REQUEST,
                        "Idempotency-Key has not 1 to 128 visible characters: send a UUID, for example");
            }
            return new Claim(caller.owner() + ":" + key, fingerprint(request, body));
        });
    }

    /// Answers if it was done before.
    ///
    /// @return whether it was
    boolean repeat(Optional<Claim> claim, ServerResponse response) {
        var known = writes.known(claim);
        known.ifPresent(outcome -> answer(outcome, response));
        return known.isPresent();
    }

    /// Does it, and answers.
    void run(Optional<Claim> claim, ServerResponse response, Function<Unit, Reply> work) {
        answer(writes.run(claim, work), response);
    }

    /// Does it, and answers once something else has been done too.
    void run(Optional<Claim> claim, ServerResponse response, Runnable then, Function<Unit, Reply> work) {
        var outcome = writes.run(claim, work);
        then.run();
        answer(outcome, response);
    }

    private static void answer(Outcome outcome, ServerResponse response) {
        switch (outcome) {
            case Outcome.Done(var reply) -> Answers.send(response, reply);
            case Outcome.Repeated(var reply) -> {
                response.header(REPLAYED, "true");
                Answers.send(response, reply);
            }
            case Outcome.KeyReused _ ->
                throw new ProblemException(
                        ApiCode.IDEMPOTENCY_KEY_REUSED,
                        "another request has had this Idempotency-Key: send a new key with each request");
        }
    }

    private static String fingerprint(ServerRequest request, byte[] body) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update("%s %s?%s\n%s\n"
                    .formatted(
                            request.prologue().method().text(),
                            request.path().rawPath(),
                            request.query().rawValue(),
                            request.headers().first(HeaderNames.IF_MATCH).orElse(""))
                    .getBytes(UTF_8));
            return HexFormat.of().formatHex(digest.digest(body));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // each Java has it
        }
    }
}
