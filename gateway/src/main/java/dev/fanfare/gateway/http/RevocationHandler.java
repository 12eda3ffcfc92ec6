package dev.fanfare.gateway.http;

import dev.fanfare.events.JsonBytes;
import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.access.Revocation;
import dev.fanfare.gateway.access.RevocationLog;
import dev.fanfare.service.http.HttpProblems;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `POST /v1/revocations`: takes tokens back, of the issuer of the caller's own token: what another issuer's tokens are
/// worth is not for this one to say.
public final class RevocationHandler implements Handler {
    private static final Set<String> MEMBERS = Set.of("sub", "jti", "issuedBefore", "until");

    private final Gate gate;
    private final RevocationLog log;

    public RevocationHandler(Gate gate, RevocationLog log) {
        this.gate = gate;
        this.log = log;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException {
        var manager = gate.checkManager(gate.admit(request.headers(), Map.of()));
        var asked = Members.read(request, response, MEMBERS);
        var subject = asked.get("sub");
        var id = asked.get("jti");
        var issuedBefore = time(asked, "issuedBefore");
        String key;
        if (subject != null && id == null) {
            key = Revocation.subjectKey(manager.issuer(), subject);
            issuedBefore = issuedBefore.or(() -> Optional.of(gate.now()));
        } else if (id != null && subject == null && issuedBefore.isEmpty()) {
            key = Revocation.tokenKey(manager.issuer(), id);
        } else {
            throw Members.invalid("send either 'sub', which may have 'issuedBefore', or 'jti'");
        }
        log.revoke(key, new Revocation(issuedBefore, time(asked, "until")));
        HttpProblems.requestId(request, response);
        response.status(Status.ACCEPTED_202)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(new JsonBytes(64)
                        .raw("{\"revoked\":")
                        .string(key)
                        .raw("}")
                        .done());
    }

    private static Optional<Instant> time(Map<String, String> asked, String name) {
        try {
            return Optional.ofNullable(asked.get(name))
                    .map(text -> OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException noTime) {
            throw Members.invalid("'%s' is no time: send one such as 2026-11-21T10:00:00Z".formatted(name));
        }
    }
}
