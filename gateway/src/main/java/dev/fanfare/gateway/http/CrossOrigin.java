package dev.fanfare.gateway.http;

import dev.fanfare.gateway.access.Origins;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// CORS (Fetch §3.3) for everything under `/v1/`: tells browsers which other pages may read an answer, and may send
/// what a plain form could not. Who may not gets the same answer without these headers, which its browser keeps from
/// it.
public final class CrossOrigin implements Filter {
    /// What is under it.
    public static final String PATH = "/v1/";

    private static final String METHODS = "GET, POST";
    private static final List<String> TAKEN =
            List.of("Authorization", "Content-Type", "Idempotency-Key", "Last-Event-ID", "Prefer", "X-Request-Id");
    private static final Pattern CLOUD_EVENT = Pattern.compile("ce-[a-z0-9]+"); // attributes have any name
    private static final String EXPOSED = "Preference-Applied, Retry-After, WWW-Authenticate, X-Request-Id";
    private static final String MAX_AGE = "7200"; // seconds; Chromium keeps none longer

    private final Origins origins;

    public CrossOrigin(Origins origins) {
        this.origins = origins;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (origins.areListed() && request.path().path().startsWith(PATH)) {
            response.header(HeaderNames.VARY, "Origin"); // without one too, as the answer would be another
            origins.shared(request.headers()).ifPresent(shared -> share(response, shared));
        }
        chain.proceed();
    }

    private void share(ServerResponse response, String shared) {
        response.header(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, shared)
                .header(HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        if (origins.takesCookies(shared)) {
            response.header(HeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        }
    }

    /// Answers the question of a browser whether a page may (Fetch §3.3.2), for `OPTIONS`; leaves any other to those
    /// who come next.
    ///
    /// @throws dev.fanfare.service.http.ProblemException if the page may not: its developer may see why
    public void preflight(ServerRequest request, ServerResponse response) {
        var headers = request.headers();
        if (!headers.contains(HeaderNames.ORIGIN) || !headers.contains(HeaderNames.ACCESS_CONTROL_REQUEST_METHOD)) {
            response.next();
        } else if (origins.shared(headers).isEmpty()) {
            throw Origins.foreign(headers);
        } else {
            response.status(Status.NO_CONTENT_204)
                    .header(HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                    .header(HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, taken(request))
                    .header(HeaderNames.ACCESS_CONTROL_MAX_AGE, MAX_AGE)
                    .send();
        }
    }

    private static String taken(ServerRequest request) {
        var asked = values(request, HeaderNames.ACCESS_CONTROL_REQUEST_HEADERS).stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .filter(name -> CLOUD_EVENT.matcher(name).matches());
        return String.join(", ", Stream.concat(TAKEN.stream(), asked).toList());
    }

    private static List<String> values(ServerRequest request, HeaderName name) {
        return request.headers().contains(name) ? request.headers().get(name).allValues() : List.of();
    }
}
