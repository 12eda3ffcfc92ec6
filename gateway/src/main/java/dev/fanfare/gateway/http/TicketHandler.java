package dev.fanfare.gateway.http;

import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.access.Refusals;
import dev.fanfare.gateway.access.Tickets;
import dev.fanfare.gateway.limits.Limits;
import dev.fanfare.service.http.HttpProblems;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// `POST /v1/tickets`: a one-use ticket for who has a token, for clients that can set nothing but a URL.
public final class TicketHandler implements Handler {
    private final Gate gate;
    private final Limits limits;
    private final Tickets tickets;

    public TicketHandler(Gate gate, Limits limits, Tickets tickets) {
        this.gate = gate;
        this.limits = limits;
        this.tickets = tickets;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        var token = gate.admit(request.headers(), Map.of())
                .token()
                .orElseThrow(
                        () -> Refusals.nobody("a ticket stands for a token: send 'Authorization: Bearer' and one"));
        limits.ticket(limits.party(request.remotePeer(), request.headers()).with(Optional.of(token)));
        HttpProblems.requestId(request, response);
        response.status(Status.CREATED_201)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send("{\"ticket\":\"%s\",\"expiresInMs\":%d}"
                        .formatted(tickets.issue(token), tickets.life().toMillis())
                        .getBytes(StandardCharsets.US_ASCII));
    }
}
