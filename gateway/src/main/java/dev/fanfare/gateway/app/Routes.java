package dev.fanfare.gateway.app;

import dev.fanfare.gateway.access.Origins;
import dev.fanfare.gateway.config.GatewaySettings;
import dev.fanfare.gateway.http.AsyncApiHandler;
import dev.fanfare.gateway.http.CrossOrigin;
import dev.fanfare.gateway.http.HeaderLimit;
import dev.fanfare.gateway.http.NegotiateHandler;
import dev.fanfare.gateway.http.OpenApi;
import dev.fanfare.gateway.http.PresenceHandler;
import dev.fanfare.gateway.http.PublishHandler;
import dev.fanfare.gateway.http.RequestTarget;
import dev.fanfare.gateway.http.RevocationHandler;
import dev.fanfare.gateway.http.StrictTransport;
import dev.fanfare.gateway.http.TicketHandler;
import dev.fanfare.gateway.http.WholeAnswers;
import dev.fanfare.gateway.limits.Limits;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.publish.PublishTracing;
import dev.fanfare.gateway.publish.Publisher;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.gateway.transport.Http2Watch;
import dev.fanfare.gateway.transport.SessionTokenHandler;
import dev.fanfare.gateway.transport.StreamHandler;
import dev.fanfare.service.http.BodyFraming;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which request goes to which handler. `/health…` and `/metrics` are Helidon's own; here they only get the answer to
/// methods that they do not have.
final class Routes {
    private final HttpRouting.Builder routing = HttpRouting.builder();
    private final SortedMap<String, List<Method>> methods = new TreeMap<>();

    Routes(
            GatewaySettings settings,
            Origins origins,
            AccessParts access,
            Limits limits,
            Sessions sessions,
            StreamHandler streams,
            Http2Watch http2,
            Optional<Publisher> publisher,
            ClusterParts cluster,
            Optional<PublishTracing> tracing) {
        filters(settings, origins, http2);
        routing.get("/v1/events", streams);
        routing.post(
                "/v1/events",
                publisher
                        .<Handler>map(p ->
                                new PublishHandler(access.gate(), limits, settings.publish(), p, tracing.orElse(null)))
                        .orElse((_, _) -> {
                            throw Publisher.off();
                        }));
        only("/v1/events", Method.GET, Method.POST);
        post("/v1/negotiate", new NegotiateHandler(settings, access.gate()));
        post("/v1/tickets", new TicketHandler(access.gate(), limits, access.tickets()));
        post("/v1/sessions/{id}/token", new SessionTokenHandler(access.gate(), sessions));
        access.log().ifPresent(log -> post("/v1/revocations", new RevocationHandler(access.gate(), log)));
        cluster.routes(access.gate()).forEach(this::post);
        cluster.presence()
                .ifPresent(there -> get(
                        "/v1/presence",
                        new PresenceHandler(
                                access.gate(), there, settings.session().channelsMax())));
        get("/v1/openapi.json", new OpenApi());
        get("/v1/asyncapi.json", new AsyncApiHandler(settings, access.gate()));
        only("/metrics", Method.GET);
        for (var check : List.of("/health", "/health/live", "/health/ready", "/health/started")) {
            only(check, Method.GET, Method.HEAD);
        }
        if (settings.server().page()) {
            Page.DEMO.register(routing);
            Page.DEMO.paths().forEach(path -> only(path, Method.GET));
        }
        routing.error(ProblemException.class, HttpProblems::handle);
    }

    private void filters(GatewaySettings settings, Origins origins, Http2Watch http2) {
        var hsts = StrictTransport.headers(settings.server().tls());
        routing.addFilter((chain, request, response) -> {
            HttpProblems.requestId(request, response);
            response.header(HttpProblems.NO_SNIFF);
            hsts.forEach(response::header);
            try {
                RequestTarget.check(request, response);
                chain.proceed();
            } finally {
                http2.answered(request);
            }
        });
        var crossOrigin = new CrossOrigin(origins);
        routing.addFilter(crossOrigin);
        routing.addFilter(new BodyFraming(ErrorCode.INVALID_MESSAGE));
        routing.addFilter(new HeaderLimit(Gateway.HEADERS_MAX));
        routing.addFilter(new WholeAnswers());
        routing.options(CrossOrigin.PATH + "*", crossOrigin::preflight);
    }

    private void get(String path, Handler handler) {
        routing.get(path, handler);
        only(path, Method.GET);
    }

    private void post(String path, Handler handler) {
        routing.post(path, handler);
        only(path, Method.POST);
    }

    private void only(String path, Method... allowed) {
        methods.put(path, List.of(allowed));
        HttpProblems.only(routing, ErrorCode.METHOD_NOT_ALLOWED, path, allowed);
    }

    HttpRouting.Builder routing() {
        return routing;
    }

    /// The methods of each path.
    Map<String, List<Method>> methods() {
        return methods;
    }
}
