package dev.fanfare.gateway.access;

import dev.fanfare.gateway.config.AccessSettings;
import dev.fanfare.gateway.config.AccessSettings.Cookie;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a request shows to say who asks: one thing at most (RFC 6750 §2). A header, a ticket or a token in the URL goes
/// before a cookie, which browsers send by themselves.
sealed interface Credential {
    record None() implements Credential {}

    /// A bearer token.
    record Bearer(String token) implements Credential {
        @Override
        public String toString() {
            return "Bearer";
        }
    }

    /// A one-use ticket.
    record Ticket(String ticket) implements Credential {
        @Override
        public String toString() {
            return "Ticket";
        }
    }

    String QUERY_TOKEN = "access_token"; // RFC 6750 §2.3
    String QUERY_TICKET = "ticket";

    /// Reads it.
    ///
    /// @param query decoded parameters by name
    /// @throws dev.fanfare.service.http.ProblemException says what is wrong, and shows nothing of it
    static Credential of(Headers headers, Map<String, List<String>> query, AccessSettings settings, Origins origins) {
        var shown = new ArrayList<Credential>();
        for (var header : lines(headers, HeaderNames.AUTHORIZATION)) {
            shown.add(new Bearer(bearer(header)));
        }
        for (var token : query.getOrDefault(QUERY_TOKEN, List.of())) {
            if (!settings.queryToken()) {
                throw Refusals.badRequest("a token in a URL ends up in logs and histories: send "
                        + "'Authorization: Bearer', or get a ticket from POST /v1/tickets for '?ticket=' "
                        + "(the operator can allow '?access_token=' with access.query-token)");
            }
            shown.add(new Bearer(token));
        }
        query.getOrDefault(QUERY_TICKET, List.of()).forEach(ticket -> shown.add(new Ticket(ticket)));
        if (shown.size() > 1) {
            throw Refusals.badRequest("the request has several tokens or tickets: send one");
        }
        return shown.isEmpty()
                ? cookie(headers, settings.cookie(), origins)
                        .<Credential>map(Bearer::new)
                        .orElseGet(None::new)
                : shown.getFirst();
    }

    private static String bearer(String header) {
        var scheme = "Bearer ";
        if (!header.regionMatches(true, 0, scheme, 0, scheme.length())) {
            throw Refusals.nobody("the header 'Authorization' has another scheme: send 'Bearer' and a token");
        }
        return header.substring(scheme.length()).strip();
    }

    /// A cookie counts only for pages that may use it: any page can have a browser send it.
    private static Optional<String> cookie(Headers headers, Cookie settings, Origins origins) {
        if (settings.name().isEmpty()) {
            return Optional.empty();
        }
        var start = settings.name().get() + "=";
        var value = lines(headers, HeaderNames.COOKIE).stream()
                .flatMap(line -> Arrays.stream(line.split(";", -1)))
                .map(String::strip)
                .filter(pair -> pair.startsWith(start))
                .map(pair -> pair.substring(start.length()))
                .filter(text -> !text.isEmpty())
                .findFirst();
        if (value.isPresent() && !origins.mayUseCookie(headers)) {
            throw Refusals.nobody("the cookie is not taken from this page: server.origins must name its origin");
        }
        return value;
    }

    private static List<String> lines(Headers headers, HeaderName name) {
        return headers.contains(name) ? headers.get(name).allValues() : List.of();
    }
}
