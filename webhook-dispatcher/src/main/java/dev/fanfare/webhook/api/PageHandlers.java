package dev.fanfare.webhook.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.store.Fields;
import dev.fanfare.webhook.store.PageSessions;
import dev.fanfare.webhook.store.PageSessions.Pass;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// `/v1/links`, which let others use the pages, and `/v1/session`, which a page has after that.
final class PageHandlers {
    static final List<String> LINK_FIELDS = List.of("page", "tenant", "life");
    static final List<String> SESSION_FIELDS = List.of("token");

    private static final Duration LIFE_MIN = Duration.ofSeconds(1);
    private static final Duration LIFE_MAX = Duration.ofDays(1);
    private static final int TOKEN_MAX = 200;

    private final WebhookSettings.Portal settings;
    private final Visitors visitors;
    private final PageSessions sessions;
    private final Bodies bodies;

    enum Page {
        PORTAL,
        CONSOLE;

        String code() {
            return this == PORTAL ? "portal" : "console";
        }

        static Page of(Pass session) {
            return session.tenant().isPresent() ? PORTAL : CONSOLE;
        }
    }

    PageHandlers(WebhookSettings.Portal settings, Visitors visitors, PageSessions sessions, Bodies bodies) {
        this.settings = settings;
        this.visitors = visitors;
        this.sessions = sessions;
        this.bodies = bodies;
    }

    List<Api.Route> routes() {
        return List.of(
                Api.Route.of(Method.POST, "/v1/links", Api.Door.TOKENS, this::link),
                Api.Route.of(Method.POST, "/v1/session", Api.Door.OPEN, this::open),
                Api.Route.of(Method.GET, "/v1/session", Api.Door.SESSIONS, this::read),
                Api.Route.of(Method.DELETE, "/v1/session", Api.Door.SESSIONS, this::close));
    }

    private void link(ServerRequest request, ServerResponse response, Caller caller) {
        var body = bodies.bytes(request);
        var document = Bodies.optionalObject(request, body);
        var fields = new Fields(document);
        var page = fields.choice("page", List.of(Page.values()), Page::code).orElse(Page.PORTAL);
        var tenant =
                page == Page.PORTAL ? Optional.of(EndpointHandlers.tenant(fields, caller)) : Optional.<String>empty();
        if (page == Page.CONSOLE && fields.has("tenant")) {
            fields.fault("tenant", "is for the page 'portal': leave it out, the console is for all tenants");
        }
        var life = fields.duration("life", LIFE_MIN, LIFE_MAX).orElse(settings.linkLife());
        Json.refuse(Json.unknown(document, LINK_FIELDS), fields.faults());
        if (page == Page.CONSOLE && caller.tenants().isPresent()) {
            throw Refusals.forbidden("the token is not an operator's: the console is for those who may everything");
        }
        var link = sessions.link(tenant, life);
        // behind #: what is there is sent to no server, and so is in no log and in no Referer
        var url = "%s/%s/#%s".formatted(base(request), page.code(), link.token());
        Answers.send(response, view(link).put("url", url));
    }

    private String base(ServerRequest request) {
        return settings.url()
                .orElseGet(() -> "http://localhost:" + request.localPeer().port());
    }

    private void open(ServerRequest request, ServerResponse response, Caller nobody) {
        var body = bodies.bytes(request);
        var document = Bodies.object(request, body);
        visitors.refuseOthers(request);
        var fields = new Fields(document);
        var token = fields.secret("token", TOKEN_MAX);
        if (!fields.has("token")) {
            fields.fault("token", "is missing: give what is behind the # of the link");
        }
        Json.refuse(Json.unknown(document, SESSION_FIELDS), fields.faults());
        var session = sessions.open(token.orElseThrow(), settings.sessionLife())
                .orElseThrow(() -> new ProblemException(
                        ApiCode.LINK_OVER, "the link was used before, or has expired: ask for another one"));
        response.header(
                HeaderNames.SET_COOKIE,
                visitors.cookie(session, settings.sessionLife().toSeconds()));
        Answers.send(response, view(session));
    }

    private void read(ServerRequest request, ServerResponse response, Caller caller) {
        Answers.send(response, view(visitors.pass(request)));
    }

    private void close(ServerRequest request, ServerResponse response, Caller caller) {
        sessions.close(visitors.pass(request).token());
        response.header(HeaderNames.SET_COOKIE, visitors.noCookie())
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .status(Status.NO_CONTENT_204)
                .send();
    }

    private static ObjectNode view(Pass pass) {
        return Json.object()
                .put("page", Page.of(pass).code())
                .put("tenant", pass.tenant().orElse(null))
                .put("expiresAt", pass.expiresAt().toString());
    }
}
