package dev.fanfare.webhook.api;

import dev.fanfare.service.http.FieldProblem;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.endpoint.SealedSecret;
import dev.fanfare.webhook.signing.Jwks;
import dev.fanfare.webhook.signing.Secrets;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Fields;
import dev.fanfare.webhook.store.Writes.Reply;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// `/v1/endpoints/{id}/secret/rotate`, and `/.well-known/webhook-keys`, which is for everybody.
final class SecretHandlers {
    static final List<String> FIELDS = List.of("scheme", "secret", "overlap");
    private static final int TEXT_MAX = 200;

    /// For how long caches may keep the public keys: a receiver that meets a new one asks again.
    private static final String KEYS_CACHED = "public, max-age=60";

    private final EndpointStore store;
    private final Registry registry;
    private final Once once;
    private final Bodies bodies;
    private final Secrets secrets;
    private final Lookup lookup;
    private final Refresh refresh;

    SecretHandlers(Api.Parts parts, Once once, Bodies bodies) {
        this.store = new EndpointStore(parts.database());
        this.registry = parts.registry();
        this.once = once;
        this.bodies = bodies;
        this.secrets = new Secrets(parts.ring());
        this.lookup = new Lookup(store);
        this.refresh = new Refresh(parts.freshness());
    }

    List<Api.Route> routes() {
        return List.of(
                Api.Route.of(Method.POST, "/v1/endpoints/{id}/secret/rotate", this::rotate),
                Api.Route.of(Method.GET, "/.well-known/webhook-keys", Api.Door.OPEN, this::keys));
    }

    private void rotate(ServerRequest request, ServerResponse response, Caller caller) {
        var body = bodies.bytes(request);
        var claim = once.claim(request, caller, body);
        if (once.repeat(claim, response)) {
            return;
        }
        var before = lookup.endpoint(caller, request);
        Preconditions.check(request, before);
        var document = Bodies.optionalObject(request, body);
        var fields = new Fields(document);
        var scheme = fields.choice("scheme", List.of(Secrets.V1, Secrets.V1A), one -> one)
                .orElse(Secrets.V1);
        var overlap =
                fields.duration("overlap", Duration.ZERO, Secrets.OVERLAP_MAX).orElse(Secrets.OVERLAP_DEFAULT);
        var made = made(fields, scheme, Instant.now());
        if (scheme.equals(Secrets.V1A) && !before.settings().asymmetric()) {
            fields.fault("scheme", "is 'v1a', which the endpoint does not use: set its 'signature' to 'v1+v1a' first");
        }
        Json.refuse(Json.unknown(document, FIELDS), fields.faults());
        once.run(claim, response, refresh, unit -> {
            var now = unit.now();
            var turned = turned(before.secrets(), made.getFirst().secret(), now, overlap);
            var update = new EndpointStore.Update(before.settings(), turned, false, before.allowedRate());
            var endpoint = store.update(unit, before, update).orElseThrow(Preconditions::stale);
            var answer = Json.object()
                    .put("id", made.getFirst().secret().id())
                    .put("scheme", scheme)
                    .put(
                            scheme.equals(Secrets.V1) ? "secret" : "publicKey",
                            made.getFirst().text())
                    .put("previousExpiresAt", now.plus(overlap).toString());
            return new Reply(200, Preconditions.etag(endpoint), Json.write(answer));
        });
    }

    private static List<SealedSecret> turned(
            List<SealedSecret> before, SealedSecret fresh, Instant now, Duration overlap) {
        try {
            return Secrets.rotate(before, fresh, now, overlap);
        } catch (IllegalArgumentException bad) {
            var detail = "'overlap' " + bad.getMessage();
            throw new ProblemException(ApiCode.INVALID_FIELD, detail, List.of(new FieldProblem("overlap", detail)));
        }
    }

    /// One, or none if the client's own is refused.
    private List<Secrets.Made> made(Fields fields, String scheme, Instant now) {
        if (!fields.has("secret")) {
            return List.of(scheme.equals(Secrets.V1) ? secrets.symmetric(now) : secrets.asymmetric(now));
        }
        if (scheme.equals(Secrets.V1A)) {
            fields.fault("secret", "is for 'v1' only: leave it out, a key pair is made here");
            return List.of();
        }
        try {
            return fields.secret("secret", TEXT_MAX)
                    .map(own -> List.of(secrets.symmetric(own, now)))
                    .orElse(List.of());
        } catch (IllegalArgumentException bad) {
            fields.fault("secret", String.valueOf(bad.getMessage()));
            return List.of();
        }
    }

    private void keys(ServerRequest request, ServerResponse response, Caller caller) {
        response.header(HeaderNames.CACHE_CONTROL, KEYS_CACHED)
                .header(HeaderNames.CONTENT_TYPE, Jwks.CONTENT_TYPE)
                .send(Jwks.render(registry.all(), Instant.now()));
    }
}
