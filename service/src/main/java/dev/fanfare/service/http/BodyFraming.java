package dev.fanfare.service.http;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import java.util.List;
import java.util.regex.Pattern;

/// Refuses requests of HTTP/1.1 that do not say beyond doubt where their body ends, and closes (RFC 9112 §6.3): a proxy
/// before us may see another end, and the next request elsewhere. Helidon takes several lengths, a length beside
/// chunks, and any coding.
public final class BodyFraming implements Filter {
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

    private final ProblemCode code;

    /// @param code of the answer, status 400
    public BodyFraming(ProblemCode code) {
        this.code = code;
    }

    @Override
    public void filter(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        if (request.prologue().protocolVersion().startsWith("1")) {
            var lengths = values(request, HeaderNames.CONTENT_LENGTH);
            var codings = values(request, HeaderNames.TRANSFER_ENCODING);
            if (lengths.size() > 1
                    || !lengths.stream()
                            .allMatch(length -> LENGTH.matcher(length).matches())) {
                throw HttpProblems.last(
                        request, response, code, "header 'Content-Length' is %s: send one number".formatted(lengths));
            }
            if (!codings.isEmpty()
                    && !(codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked"))) {
                throw HttpProblems.last(
                        request, response, code, "header 'Transfer-Encoding' is %s: use chunked".formatted(codings));
            }
            if (!lengths.isEmpty() && !codings.isEmpty()) {
                throw HttpProblems.last(
                        request,
                        response,
                        code,
                        "the request has both 'Content-Length' and 'Transfer-Encoding': leave one out");
            }
        }
        chain.proceed();
    }

    private static List<String> values(ServerRequest request, HeaderName name) {
        return request.headers().contains(name) ? request.headers().get(name).allValues() : List.of();
    }
}
