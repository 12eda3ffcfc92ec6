package dev.fanfare.gateway.http;

import dev.fanfare.events.JsonBytes;
import dev.fanfare.gateway.access.Gate;
import dev.fanfare.gateway.cluster.Order;
import dev.fanfare.gateway.cluster.Orders;
import dev.fanfare.gateway.cluster.Selection;
import dev.fanfare.gateway.limits.Party;
import dev.fanfare.service.http.HttpProblems;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `POST /v1/sessions/disconnect` and `POST /v1/sessions/move`: for operators, about clients of all nodes. A subject is
/// one of the issuer of the caller's own token.
public final class OrderHandler implements Handler {
    private static final Duration OVER_MAX = Duration.ofHours(1);
    private static final Pattern TIME = Pattern.compile("\\d{1,4}[sm]");
    private static final Set<String> MEMBERS = Set.of("session", "sub", "address", "node", "over");

    private final Gate gate;
    private final Orders orders;
    private final Order.Kind kind;

    public OrderHandler(Gate gate, Orders orders, Order.Kind kind) {
        this.gate = gate;
        this.orders = orders;
        this.kind = kind;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException {
        var operator = gate.checkOperator(gate.admit(request.headers(), Map.of()));
        var asked = Members.read(request, response, MEMBERS);
        var subject = Optional.ofNullable(asked.get("sub"));
        var selection = selection(asked, subject.map(_ -> operator.issuer()), subject);
        var order = new Order(UUID.randomUUID().toString(), kind, selection, over(asked));
        orders.give(order);
        HttpProblems.requestId(request, response);
        response.status(Status.ACCEPTED_202)
                .header(HeaderNames.CACHE_CONTROL, "no-store")
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(new JsonBytes(64)
                        .raw("{\"order\":")
                        .string(order.id())
                        .raw("}")
                        .done());
    }

    private static Selection selection(Map<String, String> asked, Optional<String> issuer, Optional<String> subject) {
        var address = Optional.ofNullable(asked.get("address")).map(OrderHandler::address);
        var session = Optional.ofNullable(asked.get("session"));
        var node = Optional.ofNullable(asked.get("node"));
        if (session.isEmpty() && subject.isEmpty() && address.isEmpty() && node.isEmpty()) {
            throw Members.invalid("nobody is named: send at least one of 'session', 'sub', 'address' and 'node'");
        }
        return new Selection(session, issuer, subject, address, node);
    }

    private static String address(String text) {
        return Party.addressOf(text)
                .orElseThrow(() -> Members.invalid("'address' is no IP address: send one such as 192.0.2.7"));
    }

    private static Optional<Duration> over(Map<String, String> asked) {
        return Optional.ofNullable(asked.get("over"))
                .map(text -> Optional.of(TIME.matcher(text))
                        .filter(Matcher::matches)
                        .map(time -> Duration.parse("PT" + time.group()))
                        .filter(time -> time.compareTo(OVER_MAX) <= 0)
                        .orElseThrow(() -> Members.invalid("'over' is no time up to 1h: send one such as 10s")));
    }
}
