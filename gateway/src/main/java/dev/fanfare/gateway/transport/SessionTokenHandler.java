package dev.fanfare.gateway.transport;

import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.protocol.ErrorCode;
import dev.fanfare.gateway.session.Session;
import dev.fanfare.gateway.session.Sessions;
import dev.fanfare.gateway.session.Transport;
import dev.fanfare.service.http.HttpProblems;
import dev.fanfare.service.http.ProblemException;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// `POST /v1/sessions/{id}/token`: a new token for a running session, as a bearer token. For clients of server-sent
/// events, who cannot say anything on their stream.
public final class SessionTokenHandler implements Handler {
    private final Gate gate;
    private final Sessions sessions;

    public SessionTokenHandler(Gate gate, Sessions sessions) {
        this.gate = gate;
        this.sessions = sessions;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        var caller = gate.admit(request.headers(), Map.of());
        var session = session(request.path().pathParameters().get("id"));
        if (!(session.options().permit() instanceof Pass pass)) {
            throw none();
        }
        pass.renew(session, caller);
        var left = caller.token().map(gate::left).map(Duration::toMillis).orElse(0L);
        HttpProblems.requestId(request, response);
        response.header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send("{\"expiresInMs\":%d}".formatted(left).getBytes(StandardCharsets.US_ASCII));
    }

    private Session session(String id) {
        return sessions.find(id)
                .filter(found -> found.options().transport() != Transport.POLL)
                .orElseThrow(SessionTokenHandler::none);
    }

    private static ProblemException none() {
        return new ProblemException(
                ErrorCode.NO_SESSION,
                "this node has no such session: it may have ended, or be another node's; come back with the new token "
                        + "and the last cursor");
    }
}
