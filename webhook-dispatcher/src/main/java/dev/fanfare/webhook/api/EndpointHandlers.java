package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.service.config.Units;
import dev.fanfare.service.http.FieldProblem;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.delivery.EndpointId;
import dev.fanfare.webhook.delivery.Message;
import dev.fanfare.webhook.endpoint.Endpoint;
import dev.fanfare.webhook.endpoint.EndpointSettings;
import dev.fanfare.webhook.endpoint.RetrySchedule;
import dev.fanfare.webhook.endpoint.SealedSecret;
import dev.fanfare.webhook.http.AddressGuard;
import dev.fanfare.webhook.http.Handshake;
import dev.fanfare.webhook.ingest.Tenants;
import dev.fanfare.webhook.payload.CustomHeaders;
import dev.fanfare.webhook.signing.Secrets;
import dev.fanfare.webhook.store.EndpointStore;
import dev.fanfare.webhook.store.Fields;
import dev.fanfare.webhook.store.Parked;
import dev.fanfare.webhook.store.SettingsCodec;
import dev.fanfare.webhook.store.Unit;
import dev.fanfare.webhook.store.Writes.Reply;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// `/v1/endpoints` and `/v1/endpoints/{id}`.
final class EndpointHandlers {
    private static final int TENANT_MAX = 128;

    private final EndpointStore store;
    private final Parked parked;
    private final Once once;
    private final Bodies bodies;
    private final AddressGuard guard;
    private final Handshake handshake;
    private final Secrets secrets;
    private final Starts starts;
    private final Lookup lookup;
    private final Refresh refresh;

    EndpointHandlers(Api.Parts parts, Once once, Bodies bodies) {
        this.store = new EndpointStore(parts.database());
        this.parked = new Parked(parts.database());
        this.once = once;
        this.bodies = bodies;
        this.guard = parts.guard();
        this.handshake = parts.handshake();
        this.secrets = new Secrets(parts.ring());
        this.starts = parts.starts();
        this.lookup = new Lookup(store);
        this.refresh = new Refresh(parts.freshness());
    }

    List<Api.Route> routes() {
        return List.of(
                Api.Route.of(Method.POST, "/v1/endpoints", this::create),
                Api.Route.of(Method.GET, "/v1/endpoints", this::list, "tenant", "limit", "cursor"),
                Api.Route.of(Method.GET, "/v1/endpoints/{id}", this::read),
                Api.Route.of(Method.PUT, "/v1/endpoints/{id}", this::replace),
                Api.Route.of(Method.PATCH, "/v1/endpoints/{id}", this::patch),
                Api.Route.of(Method.DELETE, "/v1/endpoints/{id}", this::delete));
    }

    private void create(ServerRequest request, ServerResponse response, Caller caller) {
        var body = bodies.bytes(request);
        var claim = once.claim(request, caller, body);
        if (once.repeat(claim, response)) {
            return;
        }
        var document = Bodies.object(request, body);
        var fields = new Fields(document);
        EndpointJson.READ_ONLY.stream()
                .filter(fields::has)
                .forEach(field -> fields.fault(field, "is set by the dispatcher: leave it out"));
        EndpointJson.unmask(document, Map.of(), fields);
        var tenant = tenant(fields, caller);
        var settings = settings(document, fields, Optional.empty());
        var rate = ask(Optional.empty(), settings).orElse(OptionalInt.empty());
        var positions = starts.read();
        once.run(claim, response, refresh, unit -> {
            var made = new ArrayList<Secrets.Made>();
            made.add(secrets.symmetric(unit.now()));
            if (settings.asymmetric()) {
                made.add(secrets.asymmetric(unit.now()));
            }
            var sealed = made.stream().map(Secrets.Made::secret).toList();
            var endpoint = store.create(unit, tenant, settings, sealed, rate);
            var view = EndpointJson.view(endpoint).put("secret", made.getFirst().text());
            activeFrom(view, positions);
            return new Reply(201, Preconditions.etag(endpoint), Json.write(view));
        });
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
        var query = new Query(request);
        int limit = query.limit();
        var page = page(store, query, caller, limit + 1);
        var answer = Json.object();
        var items = answer.putArray("items");
        page.stream().limit(limit).map(EndpointJson::view).forEach(items::add);
        answer.put("next", page.size() > limit ? page.get(limit - 1).id().value() : null);
        Answers.send(response, answer);
    }

    /// Those that a query with `tenant` and `cursor` asks for.
    static List<Endpoint> page(EndpointStore store, Query query, Caller caller, int limit) {
        var after = query.text("cursor").map(cursor -> {
            if (!EndpointId.isValid(cursor)) {
                throw Query.bad("cursor", Query.NO_CURSOR);
            }
            return new EndpointId(cursor);
        });
        return store.list(tenants(query.text("tenant"), caller), after, limit);
    }

    /// Whose the new endpoint, or a link, is to be.
    static String tenant(Fields fields, Caller caller) {
        var asked = fields.text("tenant", TENANT_MAX);
        var own = caller.tenants().orElse(Set.of(Message.DEFAULT_TENANT));
        if (!fields.has("tenant") && own.size() > 1) {
            fields.fault("tenant", "is missing, and the token names several: give one of %s".formatted(sorted(own)));
        }
        var tenant = asked.orElseGet(() -> own.iterator().next());
        if (!Tenants.isName(tenant)) {
            fields.fault(
                    "tenant",
                    "is %s: give 1 to %d of A-Z a-z 0-9 . _ ~ : @ -".formatted(Fields.quoted(tenant), TENANT_MAX));
        } else if (!caller.sees(tenant)) {
            throw Refusals.forbidden("the token is not for the tenant %s of 'tenant': give one of %s"
                    .formatted(Fields.quoted(tenant), sorted(own)));
        }
        return tenant;
    }

    private static List<String> sorted(Set<String> tenants) {
        return tenants.stream().sorted().toList();
    }

    /// Whose are listed: those of a tenant that is none of the caller's are none.
    private static Optional<Set<String>> tenants(Optional<String> asked, Caller caller) {
        return asked.map(one -> caller.sees(one) ? Set.of(one) : Set.<String>of())
                .or(caller::tenants);
    }

    private void read(ServerRequest request, ServerResponse response, Caller caller) {
        var endpoint = lookup.endpoint(caller, request);
        Answers.send(response, new Reply(200, Preconditions.etag(endpoint), Json.write(EndpointJson.view(endpoint))));
    }

    private void replace(ServerRequest request, ServerResponse response, Caller caller) {
        update(request, response, caller, Bodies::object, false);
    }

    private void patch(ServerRequest request, ServerResponse response, Caller caller) {
        update(request, response, caller, Bodies::patch, true);
    }

    private interface Reading {
        ObjectNode read(ServerRequest request, byte[] body);
    }

    private void update(ServerRequest request, ServerResponse response, Caller caller, Reading reading, boolean patch) {
        var body = bodies.bytes(request);
        var claim = once.claim(request, caller, body);
        if (once.repeat(claim, response)) {
            return;
        }
        var before = lookup.endpoint(caller, request);
        Preconditions.require(request, before);
        var sent = reading.read(request, body);
        var document = sent;
        if (patch) {
            document = EndpointJson.document(before);
            Json.merge(document, sent);
        }
        var fields = new Fields(document);
        EndpointJson.unmask(document, before.settings().headers(), fields);
        same(fields, "id", before.id().value());
        same(fields, "tenant", before.tenant());
        var settings = settings(document, fields, Optional.of(before.settings()));
        var granted = ask(Optional.of(before.settings()), settings);
        var rate = granted.orElseGet(() -> settings.handshake() ? before.allowedRate() : OptionalInt.empty());
        once.run(claim, response, refresh, unit -> {
            boolean revive = settings.enabled() && !before.isActive();
            var update = new EndpointStore.Update(settings, withKeys(before, settings, unit.now()), revive, rate);
            var endpoint = store.update(unit, before, update).orElseThrow(() -> overtaken(unit, before));
            return new Reply(200, Preconditions.etag(endpoint), Json.write(EndpointJson.view(endpoint)));
        });
    }

    private ProblemException overtaken(Unit unit, Endpoint before) {
        return store.find(unit, before.id()).isPresent()
                ? Preconditions.stale()
                : Lookup.missing(before.id().value());
    }

    private void delete(ServerRequest request, ServerResponse response, Caller caller) {
        var claim = once.claim(request, caller, bodies.bytes(request));
        if (once.repeat(claim, response)) {
            return;
        }
        var endpoint = lookup.endpoint(caller, request);
        Preconditions.check(request, endpoint);
        boolean conditional = request.headers().contains(HeaderNames.IF_MATCH);
        Runnable cancelling = () -> {
            refresh.run();
            parked.cancelOfDeleted(endpoint.id());
        };
        once.run(claim, response, cancelling, unit -> {
            var version = conditional ? OptionalLong.of(endpoint.version()) : OptionalLong.empty();
            return switch (store.delete(unit, endpoint.id(), version)) {
                case DELETED -> new Reply(204, "", "");
                case STALE -> throw Preconditions.stale();
                case MISSING -> throw Lookup.missing(endpoint.id().value());
            };
        });
    }

    /// Ends the request if there are faults, old or new.
    private EndpointSettings settings(ObjectNode document, Fields fields, Optional<EndpointSettings> before) {
        var settings = SettingsCodec.read(fields, checks(before));
        var known = new ArrayList<>(EndpointJson.WRITABLE);
        known.addAll(EndpointJson.READ_ONLY);
        List<FieldProblem> unknown = Json.unknown(document, known);
        Json.refuse(unknown, fields.faults());
        return settings.orElseThrow();
    }

    /// What is stored was checked: an address may have no name at this moment, and schedules began otherwise once.
    private SettingsCodec.Checks checks(Optional<EndpointSettings> before) {
        return new SettingsCodec.Checks() {
            @Override
            public Optional<String> url(URI url) {
                return before.filter(there -> there.url().equals(url)).isPresent()
                        ? Optional.empty()
                        : guard.check(url);
            }

            @Override
            public Optional<String> schedule(RetrySchedule schedule) {
                var first = schedule.delays().getFirst();
                return first.isZero()
                                || before.filter(there -> there.retrySchedule().equals(schedule))
                                        .isPresent()
                        ? Optional.empty()
                        : Optional.of(
                                "is '%s', and the first attempt is made at once: begin with '0s', and give the wait before each retry after it"
                                        .formatted(Units.show(first)));
            }

            @Override
            public void headers(Map<String, String> headers) {
                CustomHeaders.check(headers);
            }
        };
    }

    /// Asks the receiver for its consent, if it has to be asked.
    ///
    /// @return what it grants, if it was asked
    private Optional<OptionalInt> ask(Optional<EndpointSettings> before, EndpointSettings settings) {
        if (!EndpointJson.needsHandshake(before, settings)) {
            return Optional.empty();
        }
        var rate = settings.ratePerSecond();
        var wanted = rate.isPresent() ? OptionalInt.of(Math.multiplyExact(rate.getAsInt(), 60)) : OptionalInt.empty();
        try {
            return switch (handshake.ask(settings.url(), settings.headers(), wanted, settings.timeout())) {
                case Handshake.Granted(var granted) -> Optional.of(granted);
                case Handshake.Refused(var detail) ->
                    throw new ProblemException(
                            ApiCode.HANDSHAKE_REFUSED,
                            "'handshake' is asked for, and the receiver does not consent. %s".formatted(detail),
                            List.of(new FieldProblem("handshake", detail)));
            };
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new ProblemException(
                    ApiCode.STORE_AWAY, "the dispatcher is stopping: try again", Map.of("Retry-After", "5"));
        }
    }

    /// With a key pair, if one is needed now.
    private List<SealedSecret> withKeys(Endpoint endpoint, EndpointSettings settings, Instant now) {
        boolean there = endpoint.secrets().stream()
                .anyMatch(secret -> secret.scheme().equals(Secrets.V1A)
                        && secret.expiresAt().isEmpty());
        return !settings.asymmetric() || there
                ? endpoint.secrets()
                : Secrets.rotate(endpoint.secrets(), secrets.asymmetric(now).secret(), now, Secrets.OVERLAP_DEFAULT);
    }

    private static void same(Fields fields, String field, String value) {
        if (fields.has(field) && !fields.text(field, Integer.MAX_VALUE).equals(Optional.of(value))) {
            fields.fault(field, "cannot be changed: leave it out, or send %s".formatted(Fields.quoted(value)));
        }
    }

    private static void activeFrom(ObjectNode view, List<Starts.Start> positions) {
        if (positions.isEmpty()) {
            return;
        }
        var list = view.putArray("activeFrom");
        for (var position : positions) {
            list.addObject()
                    .put("topic", position.topic())
                    .put("partition", position.partition())
                    .put("offset", position.offset());
        }
    }
}
