package dev.fanfare.webhook.api;

import static java.lang.System.Logger.Level.ERROR;

import dev.fanfare.service.access.TokenVerifier;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.endpoint.Registry;
import dev.fanfare.webhook.http.AddressGuard;
import dev.fanfare.webhook.http.Handshake;
import dev.fanfare.webhook.ingest.Freshness;
import dev.fanfare.webhook.signing.KeyRing;
import dev.fanfare.webhook.signing.SealedText;
import dev.fanfare.webhook.signing.UnsealableException;
import dev.fanfare.webhook.store.Database;
import dev.fanfare.webhook.store.Failure;
import dev.fanfare.webhook.store.PageSessions;
import dev.fanfare.webhook.store.Writes;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.JdbiException;

/// The management API, put together. Its handlers block on the virtual threads of the server.
///
/// The listener needs a `max-payload-size` of a few times [ApiSettings#bodyMax]: Helidon holds a whole chunk of a
/// chunked body, whatever size the client says it has.
public final class Api {
    private static final System.Logger LOG = System.getLogger(Api.class.getName());
    private static final Map<String, String> RETRY_AFTER = Map.of("Retry-After", "5");

    private final Access access;
    private final Visitors visitors;
    private final List<Route> routes;

    /// What the API works with.
    ///
    /// @param verifier of the tokens of issuers
    /// @param freshness brings the registry up to date at once, so that this node need not wait for its next look
    /// @param guard judges endpoints' addresses
    public record Parts(
            ApiSettings settings,
            TokenVerifier verifier,
            Database database,
            Registry registry,
            Freshness freshness,
            AddressGuard guard,
            Handshake handshake,
            KeyRing ring,
            Starts starts,
            LaneStates lanes,
            Events events,
            Replays replays) {}

    /// Serves a caller who was let in.
    @FunctionalInterface
    interface Work {
        void handle(ServerRequest request, ServerResponse response, Caller caller);
    }

    /// Who is let in.
    enum Door {
        /// Everybody.
        OPEN,
        /// Who has a token that is good for it, or the session of a page.
        CALLERS,
        /// Who has a token. Not pages: their sessions would have no end.
        TOKENS,
        /// Who has the session of a page.
        SESSIONS
    }

    /// @param path with `{name}` for parameters
    /// @param parameters of the query, that it may have
    record Route(Method method, String path, Door door, Work work, List<String> parameters) {
        static Route of(Method method, String path, Work work, String... parameters) {
            return new Route(method, path, Door.CALLERS, work, List.of(parameters));
        }

        static Route of(Method method, String path, Door door, Work work) {
            return new Route(method, path, door, work, List.of());
        }

        /// What only reads is a GET.
        Right right() {
            return method.equals(Method.GET) ? Right.READ : Right.MANAGE;
        }
    }

    public Api(Parts parts) {
        this.access = new Access(parts.settings(), parts.verifier());
        var pages = new PageSessions(parts.database());
        this.visitors = new Visitors(parts.settings().portal(), pages);
        var sealed = new SealedText(parts.ring(), "idempotency");
        var writes = new Writes(parts.database(), new Writes.Sealing() {
            @Override
            public String seal(String text) {
                return sealed.seal(text);
            }

            @Override
            public String open(String text) {
                try {
                    return sealed.open(text);
                } catch (UnsealableException keyIsGone) {
                    throw new ProblemException(
                            ApiCode.IDEMPOTENCY_KEY_REUSED,
                            "the request was done before, and its answer cannot be read any more since its encryption"
                                    + " key is not configured: look what it did, then send a new Idempotency-Key");
                }
            }
        });
        var once = new Once(writes);
        var bodies = new Bodies(parts.settings().bodyMax());
        var all = new ArrayList<Route>();
        all.addAll(new EndpointHandlers(parts, once, bodies).routes());
        all.addAll(new SecretHandlers(parts, once, bodies).routes());
        all.addAll(new DeliveryHandlers(parts, once, bodies).routes());
        all.addAll(new OperatorHandlers(parts, once, bodies).routes());
        all.addAll(new ReplayHandlers(parts, once, bodies).routes());
        all.addAll(new PageHandlers(parts.settings().portal(), visitors, pages, bodies).routes());
        all.addAll(new StateHandlers(parts).routes());
        all.add(new WhyHandler(parts).route());
        all.add(new OpenApi().route());
        routes = List.copyOf(all);
    }

    /// Adds the routes, and what answers where there is none.
    public void register(HttpRouting.Builder routing) {
        routing.addFilter((chain, request, response) -> {
            HttpProblems.requestId(request, response);
            response.header(HttpProblems.NO_SNIFF);
            chain.proceed();
        });
        var methods = new LinkedHashMap<String, List<Method>>();
        for (var route : routes) {
            routing.route(route.method(), route.path(), guarded(route));
            methods.computeIfAbsent(route.path(), _ -> new ArrayList<>()).add(route.method());
        }
        methods.forEach((path, allowed) ->
                HttpProblems.only(routing, ApiCode.METHOD_NOT_ALLOWED, path, allowed.toArray(Method[]::new)));
    }

    List<Route> routes() {
        return routes;
    }

    private Handler guarded(Route route) {
        return (request, response) -> {
            try {
                var caller = admit(request, route);
                Query.check(request, route.parameters());
                route.work().handle(request, response, caller);
            } catch (JdbiException failure) {
                throw problem(failure);
            }
        };
    }

    /// A request says whether it comes from a page: it has no more rights than the page then, whatever else it carries.
    private Caller admit(ServerRequest request, Route route) {
        return switch (route.door()) {
            case OPEN -> Caller.NOBODY;
            case CALLERS -> Visitors.isOfPage(request) ? visitors.admit(request) : access.admit(request, route.right());
            case TOKENS -> access.admit(request, route.right());
            case SESSIONS -> visitors.admit(request);
        };
    }

    private static ProblemException problem(JdbiException failure) {
        return switch (Failure.of(failure)) {
            case AWAY -> new ProblemException(ApiCode.STORE_AWAY, "the store does not answer: try again", RETRY_AFTER);
            case CONFLICT -> new ProblemException(ApiCode.STORE_AWAY, "the store is too busy: try again", RETRY_AFTER);
            case DATA, OTHER -> {
                // its message may quote what was to be stored
                LOG.log(
                        ERROR,
                        "a request failed in the store: {0}, {1}",
                        Failure.of(failure),
                        failure.getCause() == null
                                ? failure.getClass()
                                : failure.getCause().getClass());
                yield new ProblemException(ApiCode.INTERNAL, ApiCode.INTERNAL.title());
            }
        };
    }
}
