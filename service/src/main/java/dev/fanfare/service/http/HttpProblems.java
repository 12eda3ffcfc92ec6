package dev.fanfare.service.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Problems as HTTP answers, and the `X-Request-Id` that every answer carries: the client's own if it is sane, else a
/// new one.
///
/// [#handle] is an `ErrorHandler<ProblemException>` for routing; [#direct] renders what Helidon itself refuses before
/// or beside routing; [#only] answers the methods that a path does not have.
public final class HttpProblems {
    public static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");

    /// For browsers, which otherwise may take an answer for a page that it is not.
    public static final Header NO_SNIFF = HeaderValues.create("X-Content-Type-Options", "nosniff");

    private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final String NO_STORE = "no-store";

    private HttpProblems() {}

    /// Sets `X-Request-Id` on the answer unless it is there already.
    ///
    /// @return the one that is on the answer
    public static String requestId(ServerRequest request, ServerResponse response) {
        var there = response.headers().first(REQUEST_ID);
        if (there.isPresent()) {
            return there.get();
        }
        var id = requestId(request.headers().first(REQUEST_ID).orElse(null));
        response.header(REQUEST_ID, id);
        return id;
    }

    /// The client's own if it can stand in a log line as it is, else a new one.
    ///
    /// @param given by the client
    public static String requestId(@Nullable String given) {
        return given != null && SANE.matcher(given).matches()
                ? given
                : HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    public static void handle(ServerRequest request, ServerResponse response, ProblemException problem) {
        send(request, response, problem, requestId(request, response));
    }

    /// For a request whose end is not known: nothing that comes after it can be read.
    ///
    /// @return to be thrown once the problem is sent, with `Connection: close`: it ends the connection
    public static CloseConnectionException last(
            ServerRequest request, ServerResponse response, ProblemCode code, String detail) {
        handle(request, response, new ProblemException(code, detail, Map.of("Connection", "close")));
        return new CloseConnectionException(detail);
    }

    /// Sends the problem as the whole answer. Sets nothing that HTTP/2 does not allow.
    public static void send(
            ServerRequest request, ServerResponse response, ProblemException problem, String requestId) {
        var http1 = request.prologue().protocolVersion().startsWith("1");
        problem.headers().forEach((name, value) -> {
            if (http1 || !name.equalsIgnoreCase("Connection")) {
                response.header(name, value);
            }
        });
        response.status(problem.code().status())
                .header(REQUEST_ID, requestId)
                .header(HeaderNames.CACHE_CONTROL, NO_STORE)
                .header(NO_SNIFF)
                .header(HeaderNames.CONTENT_TYPE, Problems.MEDIA_TYPE)
                .send(Problems.render(problem, requestId));
    }

    /// For Helidon's own refusals (malformed requests, a payload above the listener's limit, unknown paths).
    ///
    /// @param codes the app's own code for an HTTP status
    public static DirectHandlers direct(IntFunction<? extends ProblemCode> codes) {
        var handlers = DirectHandlers.builder();
        for (var type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, handler(codes));
        }
        return handlers.build();
    }

    private static DirectHandler handler(IntFunction<? extends ProblemCode> codes) {
        return (request, type, defaultStatus, headers, message) -> {
            var status = isUnreadable(request, type) ? Status.BAD_REQUEST_400 : defaultStatus;
            var id = requestId(request.headers().first(REQUEST_ID).orElse(null));
            var code = codes.apply(status.code());
            headers.set(REQUEST_ID, id);
            headers.set(HeaderNames.CACHE_CONTROL, NO_STORE);
            headers.set(NO_SNIFF);
            headers.set(HeaderNames.CONTENT_TYPE, Problems.MEDIA_TYPE);
            return answer(status, headers, Problems.render(code, status.code(), detail(status, message), id));
        };
    }

    /// Helidon takes a method that is no token (RFC 9110 §5.6.2) for a fault of its own, and would log each with a
    /// stack trace. A fault in the app always comes with the request that met it.
    private static boolean isUnreadable(DirectHandler.TransportRequest request, DirectHandler.EventType type) {
        return type == DirectHandler.EventType.INTERNAL_ERROR && request.equals(DirectHandler.TransportRequest.empty());
    }

    private static DirectHandler.TransportResponse answer(Status status, ServerResponseHeaders headers, byte[] body) {
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .entity(body)
                .build();
    }

    /// What went wrong inside stays inside. Of a fault in the request Helidon says something or other, with a dump of
    /// the bytes below it, or that the log would say more, which it does not.
    private static String detail(Status status, @Nullable String message) {
        if (status.code() == 505) {
            return "only HTTP/1.1 is spoken here, and HTTP/2: use HTTP/1.1";
        }
        if (status.code() >= 500 || message == null || message.isBlank()) {
            return status.reasonPhrase();
        }
        if (message.contains("see server log") || message.equals("Internal error")) {
            return "the request is not HTTP/1.1: check its first line and its headers";
        }
        return message.lines().findFirst().orElse(message);
    }

    /// Has all other methods answered. What is allowed is left to whoever serves the path, before or after.
    ///
    /// @param code of that answer, status 405
    public static void only(HttpRouting.Builder routing, ProblemCode code, String path, Method... allowed) {
        var methods = List.of(allowed);
        var names = methods.stream().map(Method::text).collect(Collectors.joining(", "));
        routing.any(path, (request, response) -> {
            var method = request.prologue().method();
            if (methods.contains(method)) {
                response.next();
            } else {
                throw new ProblemException(
                        code,
                        "%s is not possible here: use %s".formatted(method.text(), names),
                        Map.of("Allow", names));
            }
        });
    }
}
