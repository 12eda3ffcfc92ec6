package dev.fanfare.webhook.api;

import dev.fanfare.service.http.ProblemException;
import dev.fanfare.webhook.config.WebhookSettings;
import dev.fanfare.webhook.store.PageSessions;
import dev.fanfare.webhook.store.PageSessions.Pass;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;

/// Callers who come from one of the pages: by the session in their cookie.
///
/// The cookie counts only with the header [#PAGE], which no other site's page can send without a preflight request
/// (Fetch §3.2), and these are not answered here. What browsers say of where a request comes from must fit as well
/// (Fetch Metadata §2.3, RFC 6454 §7). Thread-safe; asks the store for each request, so that a session that one node
/// has ended is over on all.
final class Visitors {
    static final HeaderName PAGE = HeaderNames.create("Fanfare-Page");

    private static final HeaderName FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");

    private final PageSessions sessions;
    private final Optional<String> origin;
    private final String cookie;
    private final String attributes;

    Visitors(WebhookSettings.Portal settings, PageSessions sessions) {
        this.sessions = sessions;
        this.origin = settings.url().map(URI::create).map(url -> url.getScheme() + "://" + url.getRawAuthority());
        boolean secure = origin.filter(url -> url.startsWith("https:")).isPresent();
        // __Host-: no other host of the same domain can set it (RFC 6265bis §4.1.3)
        this.cookie = secure ? "__Host-fanfare-page" : "fanfare-page";
        this.attributes = "; Path=/; HttpOnly" + (secure ? "; Secure" : "")
                // in a frame of another site only with these two, and never elsewhere than in frames of that site
                + (secure && !settings.frameAncestors().isEmpty()
                        ? "; SameSite=None; Partitioned"
                        : "; SameSite=Strict");
    }

    /// Whether the request says that a page makes it.
    static boolean isOfPage(ServerRequest request) {
        return request.headers().contains(PAGE);
    }

    /// Lets a request in.
    ///
    /// @throws ProblemException with 401 if its session is over, 403 if it comes from elsewhere
    Caller admit(ServerRequest request) {
        var pass = pass(request);
        return new Caller("page:" + PageSessions.name(pass), pass.tenant().map(Set::of));
    }

    /// The session that the request is part of.
    ///
    /// @throws ProblemException as [#admit]
    Pass pass(ServerRequest request) {
        refuseOthers(request);
        return request.headers()
                .cookies()
                .first(cookie)
                .asOptional()
                .flatMap(sessions::find)
                .orElseThrow(() -> Refusals.nobody("the session of this page is over: open the page with a new link"));
    }

    /// Ends a request that no page of this dispatcher has made.
    void refuseOthers(ServerRequest request) {
        var headers = request.headers();
        var site = headers.first(FETCH_SITE).orElse("same-origin");
        if (!isOfPage(request) || !site.equals("same-origin")) {
            throw elsewhere();
        }
        var from = headers.first(HeaderNames.ORIGIN);
        if (from.isPresent()
                && !from.equals(origin)
                && !authority(from.get()).equals(headers.first(HeaderNames.HOST))) {
            throw elsewhere();
        }
    }

    private static ProblemException elsewhere() {
        return Refusals.forbidden("this is for the dispatcher's own pages: use a token and leave out the header"
                + " 'Fanfare-Page', or set portal.url to where browsers reach the pages");
    }

    private static Optional<String> authority(String origin) {
        try {
            return Optional.ofNullable(new URI(origin).getRawAuthority());
        } catch (URISyntaxException none) {
            return Optional.empty();
        }
    }

    /// `Set-Cookie` for a new session.
    String cookie(Pass session, long seconds) {
        return cookie + "=" + session.token() + attributes + "; Max-Age=" + seconds;
    }

    /// `Set-Cookie` that takes it away.
    String noCookie() {
        return cookie + "=" + attributes + "; Max-Age=0";
    }
}
